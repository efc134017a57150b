import { expect, test } from "vitest";
import { membershipInDate } from "../../../../policy/checks/membership-in-date.ts";
import { now } from "../facts.ts";

const of = (until: number | null) => ({ person: { membership: { until } } });

test.each<[boolean, string, Parameters<typeof membershipInDate.holds>[0]]>([
  [true, "one without end", of(null)],
  [true, "one that ends the next instant", of(now + 1)],
  [false, "one that ends this very instant", of(now)],
  [false, "nobody there", { person: { membership: null } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(membershipInDate.holds(facts, now)).toBe(holds);
});

test("stands until the membership ends", () => {
  expect(membershipInDate.edge?.(of(now + 1), now)).toBe(now + 1);
  expect([
    membershipInDate.edge?.(of(null), now),
    membershipInDate.edge?.({ person: { membership: null } }, now),
  ]).toEqual([null, null]);
});
