import { expect, test } from "vitest";
import { type ClaimRule, rolesFrom } from "../../../protocol/claim-mapping.ts";

const rule: ClaimRule = {
  claim: "groups",
  value: "engineers",
  site: "sit_0123456789abcdef",
  vendor: null,
  roles: ["officer"],
};

test("a text or a list that holds it gives the line's roles, and says by which line", () => {
  const given = [{ place: { site: rule.site, vendor: null }, roles: ["officer"], because: rule }];
  expect(rolesFrom([rule], { groups: "engineers" })).toEqual(given);
  expect(rolesFrom([rule], { groups: ["others", "engineers"] })).toEqual(given);
  expect(rolesFrom([{ ...rule, value: "x" }, rule], { groups: ["engineers"] })).toEqual(given);
});

test.each([
  {},
  { groups: "Engineers" },
  { groups: "engineers,others" },
  { groups: [["engineers"]] },
  { groups: { engineers: true } },
  { groups: null },
  { role: "engineers" },
  Object.create({ groups: "engineers" }) as Record<string, unknown>,
])("what is not that very value gives nothing: %o", (claims) => {
  expect(rolesFrom([rule], claims)).toEqual([]);
});
