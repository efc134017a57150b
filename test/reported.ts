import type { AgentReport } from "../protocol/reach.ts";

/** What an agent without a fault says of itself. */
export const reported: AgentReport = {
  version: "0.0.0",
  allowList: { state: "listed", targets: 1 },
  diskFree: 1_000_000_000,
  accessUntil: null,
};
