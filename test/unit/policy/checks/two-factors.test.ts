import { expect, test } from "vitest";
import { twoFactors } from "../../../../policy/checks/two-factors.ts";
import { ask, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof twoFactors.holds>[0]]>([
  [true, "two", ask],
  [false, "one", { ...ask, signIn: { factors: 1 } }],
  [false, "none", { ...ask, signIn: { factors: 0 } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(twoFactors.holds(facts, now)).toBe(holds);
});
