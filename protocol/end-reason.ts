import Type from "typebox";
import { OneOf } from "./schema.ts";

/** Why a session ended: a closed set, shown to the technician, logged, and translated on every page. */
export const endReasons = {
  "ended-by-technician": "The technician closed the session.",
  "window-closed": "The window of the grant closed.",
  revoked: "An approver or security officer revoked the grant.",
  "ended-by-staff": "A security officer cut this session.",
  locked: "A lock covers the person, workstation, vendor, device, agent, site or everything.",
  "fact-changed": "A fact behind the decision changed (contract, consent, role, workstation) and it is now a refusal.",
  "lease-lost": "The lease was not renewed: the authority was out of reach, and each side cut by itself.",
  "agent-lost": "The agent restarted or went away.",
  "gateway-lost": "The gateway restarted or went away.",
  "recorder-failed": "The recorder could not write, so the session could not go on.",
  "refused-by-agent": "The agent refused to serve the session.",
  "freeze-expired": "The session was frozen for the longest allowed time.",
  "never-used": "The client never proved itself after admission.",
} as const;

export type EndReason = keyof typeof endReasons;

export function isEndReason(text: string): text is EndReason {
  return Object.hasOwn(endReasons, text);
}

/** Keys of a table are an array to TypeScript, not a tuple, so the type is named. */
export const EndReasonName = Type.Unsafe<EndReason>(OneOf(Object.keys(endReasons)));
