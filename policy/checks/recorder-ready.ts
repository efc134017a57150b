import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

/** Recording is fail-closed: no recorder, no session. */
export const recorderReady: Check<AdmitFacts> = {
  reason: "recorder-ready",
  holds: ({ agent }) => agent.recorderReady,
};
