import type { EndReason } from "../../protocol/end-reason.ts";

export const endReasons = {
  "ended-by-technician": "The technician ended the session.",
  "window-closed": "The approved time is over.",
  revoked: "An approver or security officer revoked the grant.",
  "ended-by-staff": "Hospital staff cut the session.",
  locked: "A lock covers the person, workstation, vendor, device, agent, site or everything.",
  "fact-changed": "What the grant stood on changed (contract, consent, role, workstation), and it no longer holds.",
  "lease-lost": "The authority was out of reach, so the session was cut automatically.",
  "agent-lost": "The agent restarted or stopped answering.",
  "gateway-lost": "The gateway restarted or stopped answering.",
  "recorder-failed": "The recording could not be written, so the session could not go on.",
  "refused-by-gateway": "The gateway did not open the way to the session.",
  "refused-by-agent": "The agent refused the session.",
  "certificate-changed": "The device showed another certificate than the accepted one. It may be another device.",
  "freeze-expired": "The session was frozen for the longest allowed time.",
  "never-used": "The session was prepared but never used.",
} as const satisfies Record<EndReason, string>;
