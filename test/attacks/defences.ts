import type { Defence } from "./defence.ts";
import { agentsDefences } from "./defences/agent.ts";
import { decisionsDefences } from "./defences/decision.ts";
import { devicePagesDefences } from "./defences/device-page.ts";
import { facesDefences } from "./defences/face.ts";
import { peoplesDefences } from "./defences/people.ts";
import { sessionsDefences } from "./defences/session.ts";
import { signInsDefences } from "./defences/sign-in.ts";
import { wiresDefences } from "./defences/wire.ts";

/** Every defence that `npm run mutate-defences` takes out, by row. */
export const defences: readonly Defence[] = [
  ...agentsDefences,
  ...decisionsDefences,
  ...devicePagesDefences,
  ...facesDefences,
  ...peoplesDefences,
  ...sessionsDefences,
  ...signInsDefences,
  ...wiresDefences,
].toSorted((a, b) => Number(a.row.slice(1)) - Number(b.row.slice(1)));
