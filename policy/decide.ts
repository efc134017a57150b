import type { Decision, Verdict } from "../protocol/decision.ts";
import { type DenyReason, reasons } from "../protocol/reason.ts";
import type { Check, Read } from "./check.ts";
import { agentActive } from "./checks/agent-active.ts";
import { agentPresent } from "./checks/agent-present.ts";
import { approvalWanted } from "./checks/approval-wanted.ts";
import { approverOfSite } from "./checks/approver-of-site.ts";
import { attestedInDate } from "./checks/attested-in-date.ts";
import { consentInDate } from "./checks/consent-in-date.ts";
import { contractInDate } from "./checks/contract-in-date.ts";
import { deviceActive } from "./checks/device-active.ts";
import { grantActive } from "./checks/grant-active.ts";
import { membershipInDate } from "./checks/membership-in-date.ts";
import { notLocked } from "./checks/not-locked.ts";
import { otherPerson } from "./checks/other-person.ts";
import { personActive } from "./checks/person-active.ts";
import { quorumMet } from "./checks/quorum-met.ts";
import { recorderReady } from "./checks/recorder-ready.ts";
import { requestsWithinLimit } from "./checks/requests-within-limit.ts";
import { technicianRole } from "./checks/role-held.ts";
import { serviceGranted } from "./checks/service-granted.ts";
import { servicesOfDevice } from "./checks/services-of-device.ts";
import { sessionsWithinLimit } from "./checks/sessions-within-limit.ts";
import { signedIn } from "./checks/signed-in.ts";
import { twoFactors } from "./checks/two-factors.ts";
import { vendorActive } from "./checks/vendor-active.ts";
import { windowAhead } from "./checks/window-ahead.ts";
import { windowOpen } from "./checks/window-open.ts";
import { windowPossible } from "./checks/window-possible.ts";
import { windowWithinLimit } from "./checks/window-within-limit.ts";
import { withinRequest } from "./checks/within-request.ts";
import { workstationGranted } from "./checks/workstation-granted.ts";
import { workstationKnown } from "./checks/workstation-known.ts";
import type { AdmitFacts, ApproveFacts, AskFacts } from "./facts.ts";

/**
 * The invariants, in the order in which a person would want to hear of them. Nothing that a site writes can switch one
 * off; a site's own policies come after the ladder and can only take away.
 */
const askLadder = [
  personActive,
  membershipInDate,
  attestedInDate,
  technicianRole,
  vendorActive,
  deviceActive,
  twoFactors,
  workstationKnown,
  notLocked,
  windowPossible,
  windowAhead,
  windowWithinLimit,
  servicesOfDevice,
  contractInDate,
  consentInDate,
  requestsWithinLimit,
];

const approveLadder = [
  otherPerson,
  approverOfSite,
  approvalWanted,
  twoFactors,
  personActive,
  membershipInDate,
  attestedInDate,
  technicianRole,
  vendorActive,
  deviceActive,
  workstationKnown,
  notLocked,
  windowPossible,
  windowAhead,
  windowWithinLimit,
  withinRequest,
  servicesOfDevice,
  contractInDate,
  consentInDate,
];

const renewLadder = [
  signedIn,
  personActive,
  membershipInDate,
  attestedInDate,
  technicianRole,
  vendorActive,
  deviceActive,
  twoFactors,
  notLocked,
  grantActive,
  quorumMet,
  windowOpen,
  serviceGranted,
  workstationKnown,
  workstationGranted,
  contractInDate,
  consentInDate,
  agentActive,
];

/** A session that already runs is held by its agent and recorder themselves; only a new one asks whether they are there. */
const admitLadder = [...renewLadder, sessionsWithinLimit, agentPresent, recorderReady];

/** What is decided on: a technician asks, an approver says yes, a session begins or lives on. */
export type Facts =
  | (AskFacts & Read<typeof askLadder>)
  | (ApproveFacts & Read<typeof approveLadder>)
  | (AdmitFacts<"admit"> & Read<typeof admitLadder>)
  | (AdmitFacts<"renew"> & Read<typeof renewLadder>);

/**
 * Decides. Pure: the same facts and instant (epoch milliseconds) give the same decision. Default is deny. What the ladders
 * say becomes a decision by this signature alone.
 */
export function decide<F extends Facts>(
  facts: F,
  now: number,
): Decision<"allow", F["action"]> | Decision<"deny", F["action"]>;
export function decide(facts: Facts, now: number): Verdict {
  switch (facts.action) {
    case "ask":
      return climb(askLadder, facts, now);
    case "approve":
      return climb(approveLadder, facts, now);
    case "admit":
      return climb(admitLadder, facts, now);
    case "renew":
      return climb(renewLadder, facts, now);
    default:
      return refusal([]);
  }
}

function climb<F>(ladder: readonly Check<NoInfer<F>>[], facts: F, now: number): Verdict {
  const refused = ladder.filter((check) => !check.holds(facts, now));
  if (refused.length > 0) return refusal(refused.map(({ reason }) => reasons[reason]));
  const edges = ladder.map((check) => check.edge?.(facts, now) ?? null).filter((edge) => edge !== null);
  return {
    effect: "allow",
    reasons: ladder.map(({ reason }) => reason),
    validUntil: edges.length > 0 ? Math.min(...edges) : null,
  };
}

function refusal(refused: readonly DenyReason[]): Verdict {
  return { effect: "deny", reasons: refused, validUntil: null };
}
