import type { DenyReason, HoldReason } from "./reason.ts";

declare const decided: unique symbol;

export type Effect = "allow" | "deny";
export type DecidedAction = "ask" | "approve" | "admit" | "renew";

/** What a decision says. */
export interface Verdict<E extends Effect = Effect> {
  readonly effect: E;
  /** Allow: every rung that held. Deny: every rung that did not, the most telling first. */
  readonly reasons: readonly (E extends "allow" ? HoldReason : DenyReason)[];
  /** Epoch milliseconds until which this decision stands if no fact changes; null: until a fact changes. */
  readonly validUntil: number | null;
}

/**
 * What the policy has decided of one action. Only `policy/decide.ts` makes one: the member that nobody can name outside
 * this file is there for the compiler alone. So a session's row and a grant in force, which ask for a
 * `Decision<"allow", …>` of their own action, come by no other way than the ladder.
 */
export interface Decision<E extends Effect = Effect, A extends DecidedAction = DecidedAction> extends Verdict<E> {
  readonly [decided]: A;
}
