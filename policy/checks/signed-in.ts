import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

/** Whoever signs out leaves the computer to others, and its sessions with it. That a sign-in runs out ends nothing. */
export const signedIn: Check<AdmitFacts> = {
  reason: "signed-in",
  holds: ({ signIn }) => !signIn.ended,
};
