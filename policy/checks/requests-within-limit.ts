import { limits } from "../../protocol/limits.ts";
import type { Check } from "../check.ts";

export const requestsWithinLimit: Check<{ openRequests: number }> = {
  reason: "requests-within-limit",
  holds: ({ openRequests }) => openRequests < limits.openRequestsPerPerson,
};
