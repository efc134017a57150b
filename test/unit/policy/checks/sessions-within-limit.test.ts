import { expect, test } from "vitest";
import { sessionsWithinLimit } from "../../../../policy/checks/sessions-within-limit.ts";
import { limits } from "../../../../protocol/limits.ts";
import { admit, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof sessionsWithinLimit.holds>[0]]>([
  [true, "the last session that there is room for", { ...admit, liveSessions: limits.sessionsPerGrant - 1 }],
  [false, "the first one beyond", { ...admit, liveSessions: limits.sessionsPerGrant }],
])("is %s for %s", (holds, _what, facts) => {
  expect(sessionsWithinLimit.holds(facts, now)).toBe(holds);
});
