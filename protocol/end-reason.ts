import { OneOf } from "./schema.ts";

/** Why a session ended: a closed set, shown to the technician, logged, and said in each language in `text/`. */
export const endReasons = [
  "ended-by-technician",
  "window-closed",
  "revoked",
  "ended-by-staff",
  "locked",
  "fact-changed",
  "lease-lost",
  "agent-lost",
  "gateway-lost",
  "recorder-failed",
  "refused-by-gateway",
  "refused-by-agent",
  "certificate-changed",
  "freeze-expired",
  "never-used",
] as const;

export type EndReason = (typeof endReasons)[number];

export function isEndReason(text: string): text is EndReason {
  return (endReasons as readonly string[]).includes(text);
}

export const EndReasonName = OneOf(endReasons);
