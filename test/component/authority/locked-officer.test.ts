import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deny } from "../../../authority/ask.ts";
import { host, type PersonCaller } from "../../../authority/caller.ts";
import { freeze } from "../../../authority/freeze.ts";
import { lift, lock } from "../../../authority/lock.ts";
import { revoke } from "../../../authority/revoke.ts";
import { endOne, endSessions } from "../../../authority/session-end.ts";
import { insertLock, listLocks, lockedTargets } from "../../../store/lock.ts";
import { asked } from "./parts.ts";
import { ready } from "./ready.ts";
import { outcome, World } from "./world.ts";

const reason = "phone stolen";
const frozen = { frozen: true, reason };
const thawed = { frozen: false, reason: null };

/** An officer whom a colleague has locked, and who is signed in still. */
async function lockedOfficer(world: World) {
  const officer = await world.caller("officer");
  const by = world.people.secondOfficer.id;
  const row = { kind: "person", target: officer.person.id, name: "officer", reason, by } as const;
  const id = await insertLock(world.store.db, { ...row, site: world.ids.siteA, at: new Date(world.clock) });
  return { officer, lockId: id };
}

describe("an officer who is locked", () => {
  test("thaws nothing, freezes nothing, and takes nothing away; a colleague does", async () => {
    const { world, open, row, grant } = await ready();
    const { session } = await open();
    const wish = await asked(world, await world.caller("technician"));
    const colleague = await world.caller("secondOfficer");
    await freeze(world.context, colleague, session, frozen);
    const { officer } = await lockedOfficer(world);
    const acts = [
      freeze(world.context, officer, session, thawed),
      freeze(world.context, officer, session, frozen),
      endOne(world.context, officer, session, reason),
      revoke(world.context, officer, grant.id, reason),
      deny(world.context, officer, wish.id, reason),
    ];
    expect(await Promise.all(acts.map(outcome))).toEqual(acts.map(() => "denied locked"));
    expect(await row(session)).toMatchObject({
      state: "admitted",
      frozen: { by: { id: colleague.person.id }, reason },
    });
    expect(await outcome(freeze(world.context, colleague, session, thawed))).toBe("done");
  });

  test("locks neither everything nor the last colleague, who lifts", async () => {
    const world = await World.open();
    const { officer, lockId } = await lockedOfficer(world);
    const colleague = await world.caller("secondOfficer");
    const everything = { kind: "everything", target: null, reason } as const;
    const last = { kind: "person", target: colleague.person.id, reason } as const;
    for (const body of [everything, last])
      expect(await outcome(lock(world.context, world.leases, officer, body))).toBe("denied locked");
    expect(await outcome(lift(world.context, colleague, lockId, "found"))).toBe("done");
  });

  test("leaves somebody who can lift, whatever officers lock and lift in whatever order", async () => {
    const officers = ["officer", "secondOfficer"] as const;
    const world = await World.open();
    const callers = await Promise.all(officers.map((name) => world.caller(name)));
    const act = fc.record({ who: fc.nat(1), whom: fc.nat(1), lifts: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 8 }), async (acts) => {
        await Promise.all(
          acts.map(async ({ who, whom, lifts }) => {
            const [caller, other] = [callers[who], callers[whom]] as [(typeof callers)[0], (typeof callers)[0]];
            const [first] = (await listLocks(world.store.db, caller.scope)).filter((one) => one.liftedAt === null);
            const body = { kind: "person", target: other.person.id, reason } as const;
            await outcome(
              lifts && first
                ? lift(world.context, caller, first.id, reason)
                : lock(world.context, world.leases, caller, body),
            );
          }),
        );
        const locked = await lockedTargets(world.store.db, (callers[0] as PersonCaller).scope, "person");
        expect(callers.some(({ person }) => !locked.has(person.id))).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});

test("on the authority's host a lock is lifted when no officer is left, once, and the log says where", async () => {
  const world = await World.open();
  const { officer, lockId } = await lockedOfficer(world);
  await lift(world.context, host, lockId, "both officers are ill");
  expect(await outcome(lift(world.context, host, lockId, reason))).toBe("not-found");
  expect((await world.audit()).at(-1)).toMatchObject({
    action: "lock.lift",
    site: world.ids.siteA,
    subjects: { lock: lockId },
    actor: { kind: "host" },
    facts: { reason: "both officers are ill" },
  });
  const body = { kind: "everything", target: null, reason } as const;
  expect(await outcome(lock(world.context, world.leases, officer, body))).toBe("done");
});

test("a session that ends while it is frozen is not frozen, and the log says nothing of it after the end", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  const officer = await world.caller("officer");
  const [gateway] = world.context.gateways.connected();
  if (!gateway) throw new Error("There is no gateway.");
  const freezing = gateway.freeze.bind(gateway);
  gateway.freeze = async (id, holds) => {
    await freezing(id, holds);
    await endSessions(world.context, [session], { reason: "ended-by-technician", by: null });
  };
  expect(await outcome(freeze(world.context, officer, session, frozen))).toBe("state-conflict");
  expect(await row(session)).toMatchObject({ state: "ended", frozen: null });
  expect((await world.audit()).at(-1)).toMatchObject({ action: "session.end", subjects: { session } });
});

test("what could not be kept as frozen flows again", async () => {
  const { world, open } = await ready();
  const { session } = await open();
  const [gateway] = world.context.gateways.connected();
  if (!gateway) throw new Error("There is no gateway.");
  const told: boolean[] = [];
  const freezing = gateway.freeze.bind(gateway);
  gateway.freeze = (id, holds) => (told.push(holds), freezing(id, holds));
  const full = { ...world.context, store: { ...world.store, urgent: () => Promise.reject(new Error("full")) } };
  expect(await outcome(freeze(full, await world.caller("officer"), session, frozen))).not.toBe("done");
  expect(told).toEqual([true, false]);
  expect(await world.store.db.selectFrom("session").select("frozen_at").where("id", "=", session).execute()).toEqual([
    { frozen_at: null },
  ]);
});
