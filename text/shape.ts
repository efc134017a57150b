import type { ErrorCode } from "../protocol/error.ts";
import type { DenyReason } from "../protocol/reason.ts";

/** The same tree with any text at its leaves: what one language has, the other must have too. */
export type SameShape<T> = { readonly [K in keyof T]: T[K] extends string ? string : SameShape<T[K]> };

/** What to do about an error or a refusal; a code without a text here leaves nothing to be done by whoever reads it. */
export type NextSteps = Readonly<Partial<Record<ErrorCode | DenyReason, string>>>;
