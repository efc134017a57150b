import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

export const agentActive: Check<AdmitFacts> = {
  reason: "agent-active",
  holds: ({ agent }) => agent.active,
};
