import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Requirement, signingRoles } from "../../../protocol/approvers.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { met, type Signer, standing } from "../../../protocol/quorum.ts";

const roles = fc.uniqueArray(fc.constantFrom(...signingRoles), { minLength: 1, maxLength: 3 });
const requirements = fc.array(fc.record({ roles, persons: fc.integer({ min: 1, max: 3 }) }), { maxLength: 3 });
const signers = fc.array(
  fc.record({
    person: fc.constantFrom<Id<"person">[]>("per_a", "per_b", "per_c", "per_d", "per_e"),
    roles: fc.uniqueArray(fc.constantFrom(...signingRoles, "auditor"), { maxLength: 3 }),
  }),
  { maxLength: 7 },
);

/** The same, by trying every way to seat each person somewhere or nowhere. */
function seated(places: readonly (readonly string[])[], persons: readonly (readonly string[])[]): number {
  const [first, ...rest] = persons;
  if (first === undefined) return 0;
  const without = seated(places, rest);
  const within = places.map((place, index) =>
    place.some((role) => first.includes(role)) ? 1 + seated(places.toSpliced(index, 1), rest) : 0,
  );
  return Math.max(without, ...within);
}

function byTrying(required: readonly Requirement[], by: readonly Signer[]): { places: number; filled: number } {
  const places = required.flatMap(({ roles: of, persons }) => Array.from({ length: persons }, () => of));
  const persons = [...Map.groupBy(by, ({ person }) => person).values()].map((all) => all.flatMap((one) => one.roles));
  return { places: places.length, filled: seated(places, persons) };
}

describe("requirements", () => {
  test("are filled as far as trying every seat fills them", () => {
    fc.assert(
      fc.property(requirements, signers, (required, by) => {
        const { places, filled } = standing(required, by);
        expect({ places, filled }).toEqual(byTrying(required, by));
        expect(met(required, by)).toBe(places > 0 && filled === places);
      }),
      { numRuns: 500 },
    );
  });

  test("are met no less by one more signature, in whatever order they came, however often each came", () => {
    fc.assert(
      fc.property(requirements, signers, signers, (required, by, more) => {
        const alone = standing(required, by).filled;
        expect(standing(required, [...by, ...more]).filled).toBeGreaterThanOrEqual(alone);
        expect(standing(required, by.toReversed()).filled).toBe(alone);
        expect(standing(required, [...by, ...by]).filled).toBe(alone);
      }),
    );
  });

  test("want the very roles in which a newcomer would fill a place", () => {
    fc.assert(
      fc.property(requirements, signers, (required, by) => {
        const { filled, wanted } = standing(required, by);
        for (const role of signingRoles) {
          const joined = standing(required, [...by, { person: "per_newcomer", roles: [role] }]);
          expect(wanted.includes(role)).toBe(joined.filled === filled + 1);
        }
        expect(wanted.length === 0).toBe(met(required, by) || required.length === 0);
      }),
    );
  });

  const approverAndOfficer: Requirement[] = [
    { roles: ["approver"], persons: 1 },
    { roles: ["officer"], persons: 1 },
  ];

  test("that name two roles are met by two persons, never by one who holds both", () => {
    const both: Signer = { person: "per_a", roles: ["approver", "officer"] };
    expect(met(approverAndOfficer, [both])).toBe(false);
    expect(met(approverAndOfficer, [both, { ...both, roles: ["officer"] }])).toBe(false);
    expect(met(approverAndOfficer, [both, { person: "per_b", roles: ["approver"] }])).toBe(true);
    expect(met(approverAndOfficer, [{ person: "per_b", roles: ["officer"] }, both])).toBe(true);
  });

  test("are met by nobody when there are none", () => {
    expect(met([], [])).toBe(false);
    expect(met([], [{ person: "per_a", roles: [...signingRoles] }])).toBe(false);
  });
});
