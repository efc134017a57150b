import { expect, test } from "vitest";
import { signedIn } from "../../../../policy/checks/signed-in.ts";
import { admit, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof signedIn.holds>[0]]>([
  [true, "a sign-in that nobody has ended", admit],
  [false, "one that is over", { ...admit, signIn: { factors: 2, ended: true } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(signedIn.holds(facts, now)).toBe(holds);
});
