import { decide, type Facts } from "../policy/decide.ts";
import { admit, approve, now } from "./unit/policy/facts.ts";

function allow<F extends Facts>(facts: F) {
  const decision = decide(facts, now);
  if (decision.effect === "deny") throw new Error(decision.reasons.join(", "));
  return decision;
}

/** What the store asks for before it keeps a session, or puts a grant in force: the ladder's own, on an ordinary day. */
export const admission = allow(admit);
export const approvalAllowed = allow(approve);
