import type { Check } from "../check.ts";
import type { SignInFacts } from "../facts.ts";

/** D5: two factors (not two steps) on every path. */
export const twoFactors: Check<{ signIn: SignInFacts }> = {
  reason: "two-factors",
  holds: ({ signIn }) => signIn.factors >= 2,
};
