import { expect, test } from "vitest";
import type { PersonCaller } from "../../../authority/caller.ts";
import { freeze } from "../../../authority/freeze.ts";
import { lift, lock } from "../../../authority/lock.ts";
import { endOne } from "../../../authority/session-end.ts";
import { me } from "../../../authority/sign-in.ts";
import { beginTrustSignature, finishTrustSignature } from "../../../authority/trust-signature.ts";
import { limits } from "../../../protocol/limits.ts";
import { insertLock, listLocks } from "../../../store/lock.ts";
import { listPeople, vendorOf } from "../../../store/person.ts";
import { insertWorkstation, joinWorkstation } from "../../../store/workstation.ts";
import { raiseEpoch } from "../store/epoch.ts";
import { approved, asked, assertionJson, nothing } from "./parts.ts";
import { ready } from "./ready.ts";
import { outcome, World } from "./world.ts";

const reason = "phone stolen";

test("a lock of everything is everything of the site whose officer set it", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  const foreign = await world.caller("foreignOfficer");
  await lock(world.context, world.leases, foreign, { kind: "everything", target: null, reason });
  expect(await row(session)).toMatchObject({ state: "admitted" });
  expect(await outcome(open())).toBe("done");
  expect((await listPeople(world.store.db, foreign.scope)).some(({ locked }) => locked)).toBe(false);
});

test("a lock is answered before what strangers have to write, and the sessions that it leaves are stamped by then", async () => {
  const { world, open } = await ready();
  await open();
  const epoch = async () =>
    (await world.store.db.selectFrom("session").select("epoch").executeTakeFirstOrThrow()).epoch;
  const before = await epoch();
  const officer = await world.caller("officer");
  const waiting = 500;
  let written = 0;
  const guesses = Array.from({ length: waiting }, (_, n) =>
    world.store.change(async () => void written++, { lane: "usual", by: `192.0.2.${n % 100}` }),
  );
  await lock(world.context, world.leases, officer, { kind: "device", target: world.devices.rivals.id, reason });
  // Each write of the lock's waits for the one that is being written.
  expect(written).toBeLessThan(waiting / 20);
  expect(await epoch()).toBeGreaterThan(before);
  await Promise.all(guesses);
});

test("an approver who is locked neither approves nor signs a list of approvers, also with a signature that was begun before", async () => {
  const world = await World.open();
  const passkey = await world.enrol("approver");
  await world.enrol("secondApprover");
  const request = await asked(world, await world.caller("technician"));
  const approver = await world.caller("approver");
  const begun = await beginTrustSignature(world.context, approver);
  const target = approver.person.id;
  await lock(world.context, world.leases, await world.caller("officer"), { kind: "person", target, reason });
  const { challenge } = begun.options as { challenge: string };
  const signed = finishTrustSignature(
    world.context,
    world.leases,
    approver,
    begun.ceremony,
    assertionJson(passkey, challenge),
  );
  expect(await outcome(signed)).toBe("denied locked");
  expect(await outcome(beginTrustSignature(world.context, approver))).toBe("denied locked");
  expect(await outcome(approved(world, "approver", request.id, request.windows))).toBe("denied locked");
});

test("an officer who is locked lifts no lock, and nobody locks themselves", async () => {
  const world = await World.open();
  const officer = await world.caller("officer");
  const own = { kind: "person", target: officer.person.id, reason } as const;
  expect(await outcome(lock(world.context, world.leases, officer, own))).toBe("bad-request");
  const of = { ...own, name: "officer", by: world.people.approver.id, at: new Date(world.clock) };
  const id = await insertLock(world.store.db, { ...of, site: world.ids.siteA });
  expect(await outcome(lift(world.context, officer, id, "found"))).toBe("denied locked");
});

test("a session ends when a key of its grant moves to another workstation, whose lock could not reach it", async () => {
  const { world, technician, open, row } = await ready();
  const from = technician.signIn.workstation ?? nothing("workstation");
  const terminal = await world.addKey(from, 1);
  world.clock += 10;
  const request = await asked(world, technician);
  const grant = await approved(world, "approver", request.id, request.windows);
  const { session } = await open(technician, { grant: grant.id });
  const { db } = world.store;
  const jwk = JSON.stringify(terminal.jwk);
  const key = await db.selectFrom("workstation_key").selectAll().where("jwk", "=", jwk).executeTakeFirstOrThrow();
  await world.store.change(async (change) => {
    const at = new Date(world.clock);
    const other = { person: technician.person.id, label: "another browser", at };
    const workstation = await insertWorkstation(change.db, other);
    const { thumbprint } = key;
    await joinWorkstation(change.db, { workstation, kind: "cli", thumbprint, jwk: terminal.jwk, at });
    await raiseEpoch(change);
  });
  await world.leases.round();
  expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
});

test("a lock in force is listed, however many came and went since", async () => {
  const world = await World.open();
  const { scope, person } = await world.caller("officer");
  const put = (at: number) =>
    insertLock(world.store.db, {
      site: world.ids.siteA,
      kind: "everything",
      target: null,
      name: null,
      reason,
      by: person.id,
      at: new Date(at),
    });
  const standing = await put(world.clock);
  for (let n = 1; n <= 201; n++) await put(world.clock + n);
  const { db } = world.store;
  await db
    .updateTable("lock")
    .set({ lifted_at: world.at(), lifted_by: person.id })
    .where("id", "!=", standing)
    .execute();
  const listed = await listLocks(db, scope);
  expect(listed.filter(({ liftedAt }) => liftedAt === null).map(({ id }) => id)).toEqual([standing]);
  expect(listed).toHaveLength(201);
});

test("whoever is signed in is told which kinds of locks cover them, and of nobody else's", async () => {
  const world = await World.open();
  const [technician, officer] = [await world.caller("technician"), await world.caller("officer")];
  const locksOf = async ({ person, signIn }: PersonCaller) => (await me(world.context, person, signIn.id)).locks;
  expect(await locksOf(technician)).toEqual([]);
  const vendor = vendorOf(technician.person)?.id ?? "";
  for (const [kind, target] of [
    ["person", technician.person.id],
    ["vendor", vendor],
    ["everything", null],
  ] as const)
    await lock(world.context, world.leases, officer, { kind, target, reason });
  expect(await locksOf(technician)).toEqual(["person", "vendor", "everything"]);
  expect(await locksOf(officer)).toEqual(["everything"]);
  expect(await locksOf(await world.caller("foreignOfficer"))).toEqual([]);
});

test("a session is thawed only when that is kept", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  const officer = await world.caller("officer");
  await freeze(world.context, officer, session, { frozen: true, reason: "odd traffic" });
  const [gateway] = world.context.gateways.connected();
  if (!gateway) throw new Error("There is no gateway.");
  const told: boolean[] = [];
  const freezing = gateway.freeze.bind(gateway);
  gateway.freeze = (id, frozen) => {
    told.push(frozen);
    return freezing(id, frozen);
  };
  const full = { ...world.store, urgent: () => Promise.reject(new Error("full")) };
  expect(
    await outcome(freeze({ ...world.context, store: full }, officer, session, { frozen: false, reason: null })),
  ).not.toBe("done");
  expect(told).toEqual([]);
  expect(await row(session)).toMatchObject({ frozen: { by: { id: officer.person.id }, reason: "odd traffic" } });
  await freeze(world.context, officer, session, { frozen: false, reason: null });
  expect(told).toEqual([false]);
  expect(await row(session)).toMatchObject({ frozen: null });
});

test("a session that is frozen twice keeps who froze it first, why, and until when it is held", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  const [first, second] = [await world.caller("officer"), await world.caller("secondOfficer")];
  const at = world.clock;
  await freeze(world.context, first, session, { frozen: true, reason: null });
  world.clock += 60_000;
  await freeze(world.context, second, session, { frozen: true, reason: "me too" });
  expect((await row(session))?.frozen).toEqual({
    by: { id: first.person.id, name: first.person.name },
    at: new Date(at).toISOString(),
    until: new Date(at + limits.freezeMs).toISOString(),
    reason: null,
  });
  const facts = (await world.audit()).filter(({ action }) => action === "session.freeze").map((each) => each.facts);
  expect(facts).toEqual([{}, { reason: "me too" }]);
});

test("a colleague who administers the vendor does not end a session in the hospital's name", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  expect(await outcome(endOne(world.context, await world.caller("leader"), session, null))).toBe("not-found");
  expect(await row(session)).toMatchObject({ state: "admitted" });
});
