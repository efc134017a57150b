import type { EndReason } from "../../protocol/end-reason.ts";
import type { ErrorCode } from "../../protocol/error.ts";
import type { DenyReason } from "../../protocol/reason.ts";

/** The same tree with any text at its leaves: what one language has, the other must have too. */
export type SameShape<T> = { readonly [K in keyof T]: T[K] extends string ? string : SameShape<T[K]> };

/** Every code of the protocol has a text; the types make a missing one a compile error. */
export type CodeTexts = {
  readonly end: Record<EndReason, string>;
  readonly deny: Record<DenyReason, string>;
  readonly error: Record<ErrorCode | "unreachable", string>;
};
