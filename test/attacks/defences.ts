import type { Defence } from "./defence.ts";
import { decisionsDefences } from "./defences/decision.ts";
import { peoplesDefences } from "./defences/people.ts";
import { sessionsDefences } from "./defences/session.ts";
import { wiresDefences } from "./defences/wire.ts";

/** Every defence that `npm run mutate-defences` takes out, by row. */
export const defences: readonly Defence[] = [
  ...peoplesDefences,
  ...decisionsDefences,
  ...sessionsDefences,
  ...wiresDefences,
].toSorted((a, b) => Number(a.row.slice(1)) - Number(b.row.slice(1)));
