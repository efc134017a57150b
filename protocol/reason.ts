/**
 * Why a decision came out as it did. Each check of the ladder in `policy/` owns one pair: what it says when it holds
 * and when it does not. A refusal carries the second kind; the audit record carries both.
 */
export const reasons = {
  "person-active": "person-inactive",
  "membership-in-date": "membership-ended",
  "attested-in-date": "attestation-missing",
  "role-held": "role-missing",
  "vendor-active": "vendor-inactive",
  "device-active": "device-disabled",
  "contract-in-date": "contract-missing",
  "consent-in-date": "consent-missing",
  "signed-in": "signed-out",
  "two-factors": "factors-missing",
  "workstation-known": "workstation-unknown",
  "not-locked": "locked",
  "window-possible": "window-impossible",
  "window-within-limit": "window-too-long",
  "window-ahead": "window-past",
  "requests-within-limit": "requests-too-many",
  "services-of-device": "services-unknown",
  "other-person": "self-approval",
  "approver-of-site": "not-approver-of-site",
  "approval-wanted": "approval-not-wanted",
  "within-request": "wider-than-request",
  "quorum-met": "quorum-missing",
  "grant-active": "grant-inactive",
  "window-open": "window-not-open",
  "service-granted": "service-not-granted",
  "workstation-granted": "workstation-not-granted",
  "sessions-within-limit": "sessions-too-many",
  "recorder-ready": "recorder-not-ready",
  "agent-active": "agent-disabled",
  "agent-present": "agent-away",
} as const;

export type HoldReason = keyof typeof reasons;
export type DenyReason = (typeof reasons)[HoldReason];
