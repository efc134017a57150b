import { setTimeout as wait } from "node:timers/promises";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Api } from "./api.ts";

/** Asks the authority to end it. Where the authority is out of reach, the lease ends the session a moment later. */
export async function endSession(api: Api, session: Id<"session">): Promise<void> {
  const ending = api.order(`/api/sessions/${session}/end`, { reason: null }).catch(() => {});
  await Promise.race([ending, wait(limits.endReasonMs, undefined, { ref: false })]);
}
