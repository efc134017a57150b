import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decide, type Facts } from "../../../policy/decide.ts";
import type { Interval, LockFacts } from "../../../policy/facts.ts";
import { limits } from "../../../protocol/limits.ts";
import { lockKinds } from "../../../protocol/lock.ts";
import { type HoldReason, reasons } from "../../../protocol/reason.ts";
import { asThumbprint } from "../../brand.ts";
import {
  type Action,
  admit,
  approve,
  approver,
  ask,
  byAction,
  covering,
  device,
  elsewhere,
  hour,
  now,
  renew,
  technician,
  workstation,
} from "./facts.ts";

/** One fact changed: on these actions it makes exactly this rung refuse, and no other. */
type Doctored = Record<HoldReason, { on: readonly Action[]; by: readonly ((facts: never) => object)[] }>;
const every: readonly Action[] = ["ask", "approve", "admit", "renew"];
const session: readonly Action[] = ["admit", "renew"];
const window: readonly Action[] = ["ask", "approve"];
/** The window of the ordinary day. */
const own = { start: now + hour, end: now + 2 * hour };
const wide = { start: now - 200 * hour, end: now + 10_000 * hour };

const doctored: Doctored = {
  "person-active": { on: every, by: [() => ({ person: { ...technician, active: false } })] },
  "membership-in-date": {
    on: every,
    by: [null, { until: now }].map((membership) => () => ({ person: { ...technician, membership } })),
  },
  "attested-in-date": { on: every, by: [() => ({ attestedUntil: now })] },
  "role-held": {
    on: every,
    by: [
      () => ({ person: { ...technician, roles: [] } }),
      () => ({ person: { ...technician, roles: ["vendor-administrator", "officer"] } }),
    ],
  },
  "vendor-active": {
    on: every,
    by: [() => ({ person: { ...technician, vendor: { id: device.vendor, active: false } } })],
  },
  "device-active": { on: every, by: [() => ({ device: { ...device, active: false } })] },
  "two-factors": { on: every, by: [() => ({ signIn: { factors: 1 } }), () => ({ signIn: { factors: 0 } })] },
  "signed-in": { on: session, by: [() => ({ signIn: { factors: 2, ended: true } })] },
  "workstation-known": {
    on: every,
    by: [({ workstation }: typeof ask) => ({ workstation: { ...workstation, person: "per_another" } })],
  },
  "not-locked": { on: every, by: [() => ({ locks: [{ kind: "everything", target: null, site: null }] })] },
  "contract-in-date": {
    on: every,
    by: [
      () => ({ contract: null }),
      () => ({ contract: { start: now + 1, end: now + 100 * hour } }),
      () => ({ contract: { start: now - hour, end: now } }),
    ],
  },
  "consent-in-date": {
    on: every,
    by: [null, { start: now + 1, end: now + 100 * hour }, { start: now - hour, end: now }].map((consent) => () => ({
      device: { ...device, vendor: "ven_another" },
      consent,
    })),
  },
  "window-possible": {
    on: window,
    by: [
      () => ({ windows: [{ start: now + hour, end: now + hour }] }),
      () => ({ windows: [{ start: now + 1.5 * hour, end: now + 1.25 * hour }] }),
      () => ({ windows: [] }),
      // In order, and apart from each other.
      () => ({
        windows: [
          { start: now + 1.5 * hour, end: now + 2 * hour },
          { start: now + hour, end: now + 1.25 * hour },
        ],
      }),
      () => ({
        windows: [
          { start: now + hour, end: now + 1.5 * hour },
          { start: now + 1.25 * hour, end: now + 2 * hour },
        ],
      }),
    ],
  },
  "window-ahead": {
    on: window,
    by: [
      () => ({ windows: [{ start: now - 0.5 * hour, end: now }], asked: [wide] }),
      () => ({ windows: [{ start: now - 0.5 * hour, end: now }, own], asked: [wide] }),
    ],
  },
  "window-within-limit": {
    on: window,
    by: [
      () => ({ windows: [{ start: now, end: now + limits.windowLongestMs + 1 }], asked: [wide] }),
      () => ({
        windows: [
          { start: now, end: now + hour },
          { start: now + 2 * hour, end: now + 2 * hour + limits.windowLongestMs + 1 },
        ],
        asked: [wide],
      }),
      () => ({
        windows: [{ start: now + limits.windowAheadMs + 1, end: now + limits.windowAheadMs + hour }],
        asked: [wide],
        contract: wide,
      }),
    ],
  },
  "services-of-device": {
    on: window,
    by: [
      () => ({ services: [] }),
      () => ({ services: ["svc_http", "svc_http"] }),
      () => ({ services: ["svc_http", "svc_telnet"] }),
      () => ({ device: { ...device, services: [] } }),
    ],
  },
  "requests-within-limit": { on: ["ask"], by: [() => ({ openRequests: limits.openRequestsPerPerson })] },
  "other-person": {
    on: ["approve"],
    by: [
      () => ({ approver: { ...approver, id: technician.id } }),
      () => ({ approver: { ...approver, roles: ["approver", "technician"] } }),
    ],
  },
  "approver-of-site": {
    on: ["approve"],
    by: [
      () => ({ approver: { ...approver, active: false } }),
      () => ({ approver: { ...approver, roles: ["officer", "administrator"] } }),
      () => ({ approver: { ...approver, roles: [] } }),
    ],
  },
  "approval-wanted": {
    on: ["approve"],
    by: [
      ({ requirements }: typeof approve) => ({
        requirements: [...requirements, { roles: ["officer"], persons: 1 }],
        // As an officer they would be wanted.
        approver,
        approved: [{ person: "per_another", roles: ["approver"] }],
      }),
      ({ requirements }: typeof approve) => ({
        requirements: [...requirements, { roles: ["officer"], persons: 1 }],
        approver: { ...approver, roles: ["approver", "officer"] },
        approved: [{ person: approver.id, roles: ["officer"] }],
      }),
    ],
  },
  "within-request": {
    on: ["approve"],
    by: [
      () => ({ windows: [{ ...own, start: own.start - 1 }], asked: [own] }),
      () => ({ windows: [{ ...own, end: own.end + 1 }], asked: [own] }),
      // Each must lie in one that was asked for, not across two.
      () => ({
        windows: [own],
        asked: [
          { ...own, end: own.end - 1 },
          { ...own, start: own.end - 1 },
        ],
      }),
      () => ({ windows: [own, { start: own.end, end: own.end + 1 }], asked: [own] }),
    ],
  },
  "grant-active": {
    on: session,
    by: [
      ({ grant }: typeof admit) => ({ grant: { ...grant, revoked: true } }),
      ({ grant }: typeof admit) => ({ grant: { ...grant, inForce: false } }),
    ],
  },
  "quorum-met": {
    on: session,
    by: [
      ({ grant }: typeof admit) => ({ grant: { ...grant, approvers: [] } }),
      ({ grant }: typeof admit) => ({
        grant: {
          ...grant,
          approvers: [...grant.approvers, ...grant.approvers],
          requirements: [{ roles: ["approver"], persons: 2 }],
        },
      }),
      ({ grant }: typeof admit) => ({
        grant: { ...grant, approvers: [{ person: grant.person, roles: ["approver"], until: now + hour }] },
      }),
      ({ grant }: typeof admit) => ({ grant: { ...grant, requirements: [] } }),
      // The role was lost after the yes, and an officer is wanted besides.
      ({ grant }: typeof admit) => ({
        grant: { ...grant, approvers: [{ person: approver.id, roles: [], until: now + hour }] },
      }),
      ({ grant }: typeof admit) => ({
        grant: { ...grant, requirements: [...grant.requirements, { roles: ["officer"], persons: 1 }] },
      }),
    ],
  },
  "window-open": {
    on: session,
    by: [
      ({ grant }: typeof admit) => ({ grant: { ...grant, windows: [] } }),
      ({ grant }: typeof admit) => ({ grant: { ...grant, windows: [{ start: now + 1, end: now + hour }] } }),
      ({ grant }: typeof admit) => ({ grant: { ...grant, windows: [{ start: now - hour, end: now }] } }),
    ],
  },
  "service-granted": { on: session, by: [() => ({ service: "svc_ssh" })] },
  "workstation-granted": {
    on: session,
    by: [
      ({ grant }: typeof admit) => ({ grant: { ...grant, workstation: "wks_another" } }),
      ({ grant }: typeof admit) => ({ grant: { ...grant, thumbprints: ["another"] } }),
    ],
  },
  "sessions-within-limit": { on: ["admit"], by: [() => ({ liveSessions: limits.sessionsPerGrant })] },
  "agent-active": {
    on: session,
    by: [() => ({ agent: { active: false, present: true, recorderReady: true } })],
  },
  "agent-present": { on: ["admit"], by: [() => ({ agent: { active: true, present: false, recorderReady: true } })] },
  "recorder-ready": { on: ["admit"], by: [() => ({ agent: { active: true, present: true, recorderReady: false } })] },
};
const rungs = Object.keys(doctored) as HoldReason[];

const cases = rungs.flatMap((rung) =>
  doctored[rung].on.flatMap((action) => doctored[rung].by.map((change, i) => [action, rung, i, change] as const)),
);

describe("each rung of each ladder", () => {
  test.each(Object.keys(byAction) as Action[])("holds on an ordinary day: %s", (action) => {
    const decision = decide(byAction[action], now);
    expect(decision.effect).toBe("allow");
    expect([...decision.reasons].sort()).toEqual(rungs.filter((rung) => doctored[rung].on.includes(action)).sort());
  });

  test.each(cases)("%s is refused by %s alone when its fact is another (%i)", (action, rung, _, change) => {
    const facts = { ...byAction[action], ...change(byAction[action] as never) } as Facts;
    expect(decide(facts, now)).toEqual({
      effect: "deny",
      reasons: [reasons[rung]],
      validUntil: null,
    });
  });

  test("a lock of an agent covers what was approved at it, also when the device stands behind another one by now", () => {
    for (const facts of [admit, renew])
      for (const target of [device.agent, "agt_former"] as const) {
        const locks = [{ kind: "agent", target, site: null }] as const;
        const moved = { ...facts, locks, grant: { ...facts.grant, agent: "agt_former" as const } };
        expect(decide(moved, now).reasons).toEqual(["locked"]);
        expect(decide({ ...moved, locks: [{ kind: "agent", target: "agt_third", site: null }] }, now).effect).toBe(
          "allow",
        );
      }
  });

  test("a missing workstation is unknown, and where a grant names one it is not that one", () => {
    for (const facts of [ask, approve])
      expect(decide({ ...facts, workstation: null }, now).reasons).toEqual(["workstation-unknown"]);
    for (const facts of [admit, renew])
      expect(decide({ ...facts, workstation: null }, now).reasons).toEqual([
        "workstation-unknown",
        "workstation-not-granted",
      ]);
    const keyless = { ...workstation, thumbprints: [] };
    expect(decide({ ...ask, workstation: keyless }, now).reasons).toEqual(["workstation-unknown"]);
  });

  test("a contract covers all of the window that is asked for, or it is missing", () => {
    for (const facts of [ask, approve]) {
      const { start, end } = own;
      const effectOf = (contract: Interval) => decide({ ...facts, contract }, now).effect;
      expect(effectOf({ start: now, end })).toBe("allow");
      expect(effectOf({ start: now, end: end - 1 })).toBe("deny");
      const running = { ...facts, windows: [{ start: now - 1, end }], asked: [wide] };
      expect(decide({ ...running, contract: { start: now - 1, end } }, now).effect).toBe("allow");
      expect(decide({ ...running, contract: { start: now, end } }, now).reasons).toEqual(["contract-missing"]);
      expect(decide({ ...facts, contract: { start: now, end: start } }, now).reasons).toEqual(["contract-missing"]);
    }
  });

  test("the limits themselves are within them", () => {
    const longest = { start: now, end: now + limits.windowLongestMs };
    const latest = { start: now + limits.windowAheadMs, end: now + limits.windowAheadMs + hour };
    for (const window of [longest, latest])
      expect(decide({ ...ask, contract: wide, windows: [window] }, now).effect).toBe("allow");
    expect(decide({ ...ask, openRequests: limits.openRequestsPerPerson - 1 }, now).effect).toBe("allow");
    expect(decide({ ...admit, liveSessions: limits.sessionsPerGrant - 1 }, now).effect).toBe("allow");
  });

  test("a technician of no vendor holds no role and has no vendor", () => {
    for (const facts of Object.values(byAction)) {
      const person = { ...technician, vendor: null };
      expect(decide({ ...facts, person }, now).reasons).toEqual(["role-missing", "vendor-inactive", "consent-missing"]);
    }
  });

  test("a grant of another person is not active", () => {
    const facts = { ...admit, grant: { ...admit.grant, person: "per_another" as const } };
    expect(decide(facts, now).reasons).toEqual(["grant-inactive"]);
  });

  test("an approver who is locked approves nothing", () => {
    const facts = { ...approve, locks: [{ kind: "person", target: approve.approver.id, site: device.site }] } as const;
    expect(decide(facts, now).reasons).toEqual(["locked"]);
  });

  test("a grant does not hold when one of its keys is another workstation's by now", () => {
    const without = { ...workstation, thumbprints: [asThumbprint("browser")] };
    expect(decide({ ...admit, workstation: without }, now).effect).toBe("deny");
  });

  test.each(every)("a lock of any kind covers its own target and nothing else: %s", (action) => {
    for (const kind of lockKinds) {
      const effectOf = (target: LockFacts["target"], site: LockFacts["site"] = device.site) =>
        decide({ ...byAction[action], locks: [{ kind, target, site }] }, now).effect;
      expect(effectOf(covering[kind])).toBe("deny");
      expect(effectOf(covering[kind], null)).toBe("deny");
      expect(effectOf(covering[kind], elsewhere.site)).toBe("allow");
      if (kind !== "everything") expect(effectOf(elsewhere[kind])).toBe("allow");
    }
  });
});

describe("the table of reasons", () => {
  const folder = join(import.meta.dirname, "../../../policy/checks");
  const owned = readdirSync(folder).map((file) => {
    const found = [...readFileSync(join(folder, file), "utf8").matchAll(/reason: "([a-z-]+)"/g)];
    expect(found, file).toHaveLength(1);
    return String(found[0]?.[1]);
  });

  test("names each check once, and each check has a pair of its own", () => {
    expect([...owned].sort()).toEqual(Object.keys(reasons).sort());
    expect(new Set(owned).size).toBe(owned.length);
    expect(new Set(Object.values(reasons)).size).toBe(Object.keys(reasons).length);
    expect(Object.values(reasons).filter((reason) => Object.hasOwn(reasons, reason))).toEqual([]);
  });

  test("has a file of tests for each check", () => {
    const tests = readdirSync(join(import.meta.dirname, "checks")).map((file) => file.replace(".test.ts", ".ts"));
    expect(tests.sort()).toEqual(readdirSync(folder).sort());
  });

  test("has each reason in some ladder", () => {
    const told = Object.values(byAction).flatMap((facts) => decide(facts, now).reasons);
    expect([...new Set(told)].sort()).toEqual(Object.keys(reasons).sort());
  });
});

test("any number of doctored facts is a refusal that names each of them, and none is an allow", () => {
  fc.assert(
    fc.property(fc.constantFrom(...every), fc.subarray(cases.map((_, i) => i)), (action, picked) => {
      const mine = picked.flatMap((i) => {
        const [on, rung, , change] = cases[i] as (typeof cases)[number];
        return on === action ? [{ rung, changed: change(byAction[action] as never) }] : [];
      });
      const facts = Object.assign({ ...byAction[action] }, ...mine.map(({ changed }) => changed)) as Facts;
      const { effect, reasons: told } = decide(facts, now);
      // A later change may overwrite an earlier one; the last is always there to be seen.
      const last = mine.at(-1);
      expect(effect).toBe(last ? "deny" : "allow");
      if (last) expect(told).toContain(reasons[last.rung]);
    }),
  );
});

test("an action that nobody knows is refused", () => {
  for (const action of ["", "toString", "ADMIT", "approve "])
    expect(decide({ ...admit, action } as never, now)).toMatchObject({ effect: "deny", validUntil: null });
});

test("decide changes nothing and gives the same for the same", () => {
  for (const facts of Object.values(byAction)) {
    const before = JSON.stringify(facts);
    const frozen = deepFreeze(structuredClone(facts));
    expect(decide(frozen, now)).toEqual(decide(frozen, now));
    expect(JSON.stringify(frozen)).toBe(before);
  }
});

describe("the clock", () => {
  const interval = (low: number, high: number) =>
    fc
      .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: 1, max: 40 }))
      .map(([start, length]): Interval => ({ start: now + start * 60_000, end: now + (start + length) * 60_000 }));

  test("a decision stands until the earliest edge and no longer", () => {
    fc.assert(
      fc.property(fc.constantFrom(...every), interval(-30, 30), interval(-60, 0), fc.nat(), (action, span, c, at) => {
        const contract = { start: c.start - 100 * 60_000, end: c.end + 30 * 60_000 };
        const facts = {
          ...byAction[action],
          contract,
          ...(action === "ask" || action === "approve"
            ? { windows: [span], asked: [span] }
            : { grant: { ...admit.grant, windows: [span] } }),
        } as Facts;
        const { effect, validUntil } = decide(facts, now);
        if (effect === "deny") {
          expect(validUntil).toBeNull();
          return;
        }
        expect(validUntil).toBe(Math.min(contract.end, span.end));
        const until = validUntil as number;
        expect(decide(facts, now + (at % (until - now))).effect).toBe("allow");
        expect(decide(facts, until - 1).effect).toBe("allow");
        expect(decide(facts, until).effect).toBe("deny");
      }),
    );
  });

  test("windows that meet are one after the other: decided again at the seam, and allowed", () => {
    const windows = [
      { start: now - hour, end: now + hour },
      { start: now + hour, end: now + 2 * hour },
    ];
    const facts = { ...renew, grant: { ...renew.grant, windows } };
    expect(decide(facts, now).validUntil).toBe(now + hour);
    expect(decide(facts, now + hour)).toMatchObject({ effect: "allow", validUntil: now + 2 * hour });
  });

  test("an instant that is no number opens nothing", () => {
    for (const facts of Object.values(byAction)) expect(decide(facts, Number.NaN).effect).toBe("deny");
    const windows = [{ start: Number.NaN, end: Number.NaN }];
    expect(decide({ ...admit, grant: { ...admit.grant, windows } }, now).effect).toBe("deny");
    for (const window of [
      { start: now, end: Number.POSITIVE_INFINITY },
      { start: Number.NEGATIVE_INFINITY, end: now + hour },
      { start: Number.NaN, end: now + hour },
    ])
      expect(decide({ ...ask, windows: [window] }, now).reasons).toContain("window-impossible");
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
