import { expect, test } from "vitest";
import { requestsWithinLimit } from "../../../../policy/checks/requests-within-limit.ts";
import { limits } from "../../../../protocol/limits.ts";
import { now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof requestsWithinLimit.holds>[0]]>([
  [true, "the last request that there is room for", { openRequests: limits.openRequestsPerPerson - 1 }],
  [false, "the first one beyond", { openRequests: limits.openRequestsPerPerson }],
])("is %s for %s", (holds, _what, facts) => {
  expect(requestsWithinLimit.holds(facts, now)).toBe(holds);
});
