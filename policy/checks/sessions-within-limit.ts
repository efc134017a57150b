import { limits } from "../../protocol/limits.ts";
import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

export const sessionsWithinLimit: Check<AdmitFacts> = {
  reason: "sessions-within-limit",
  holds: ({ liveSessions }) => liveSessions < limits.sessionsPerGrant,
};
