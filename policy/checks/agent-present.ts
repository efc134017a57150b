import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

export const agentPresent: Check<AdmitFacts> = {
  reason: "agent-present",
  holds: ({ agent }) => agent.present,
};
