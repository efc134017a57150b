import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { newId } from "../../../crypto/random.ts";
import type { AccessRequest } from "../../../protocol/access-request.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { insertJoinToken, useJoinToken } from "../../../store/agent.ts";
import { insertApproval, putInForce } from "../../../store/approval.ts";
import { useTotpStep } from "../../../store/authenticator.ts";
import { insertCeremony, useCeremony } from "../../../store/ceremony.ts";
import type { Db } from "../../../store/database.ts";
import { findDeviceCodeByUserCode, insertDeviceCode, moveDeviceCode } from "../../../store/device-code.ts";
import { findEnrolment, insertEnrolment, useEnrolment } from "../../../store/enrolment.ts";
import { insertGrant, revokeGrant } from "../../../store/grant.ts";
import { insertRequest, settleRequest } from "../../../store/request.ts";
import { Scope } from "../../../store/scope.ts";
import { useOnce } from "../../../store/used-once.ts";
import { approvalAllowed } from "../../allowed.ts";
import { askedFor, grantOf, keptUnsigned } from "../../asked.ts";
import { asHash, asPin, asThumbprint } from "../../brand.ts";
import { hour, minute, World } from "../authority/world.ts";

const system = Scope.system();
const later = (world: World, ms: number) => new Date(world.clock + ms);
/** How many of `count` that try at the same time succeed. */
const winners = async (world: World, count: number, act: (db: Db) => Promise<unknown>) =>
  (await Promise.all(Array.from({ length: count }, () => world.store.change(({ db }) => act(db))))).filter(Boolean)
    .length;

describe("a ceremony", () => {
  const begin = (world: World, boundTo: string | null = "sig_1") =>
    insertCeremony(world.store.db, {
      kind: "approval",
      face: "staff",
      person: null,
      bound_to: boundTo,
      challenge: "c",
      data: "",
      now: later(world, 0),
    });
  const of = (world: World) => ({ kind: "approval", face: "staff", boundTo: "sig_1", now: later(world, 1) }) as const;

  test("is good once, whoever comes first", async () => {
    const world = await World.open({ empty: true });
    const id = await begin(world);
    expect(await winners(world, 8, (db) => useCeremony(db, id, of(world)))).toBe(1);
    expect(await useCeremony(world.store.db, id, of(world))).toBeNull();
  });

  test("is good only for what it was begun for, in its time (A1)", async () => {
    const world = await World.open({ empty: true });
    const id = await begin(world);
    const { db } = world.store;
    for (const other of [
      { kind: "trust" },
      { kind: "sign-in" },
      { face: "portal" },
      { boundTo: "sig_2" },
      { boundTo: null },
      { now: later(world, limits.ceremonyMs) },
    ] as const)
      expect(await useCeremony(db, id, { ...of(world), ...other })).toBeNull();
    expect(await useCeremony(db, newId("ceremony"), of(world))).toBeNull();
    // None of these spent it.
    expect(await useCeremony(db, id, { ...of(world), now: later(world, limits.ceremonyMs - 1) })).toMatchObject({
      challenge: "c",
    });
    const unbound = await begin(world, null);
    expect(await useCeremony(db, unbound, of(world))).toBeNull();
    expect(await useCeremony(db, unbound, { ...of(world), boundTo: null })).not.toBeNull();
  });

  test("is forgotten after its time, so that strangers who begin them leave nothing", async () => {
    const world = await World.open({ empty: true });
    for (let i = 0; i < 20; i++) await begin(world);
    world.clock += limits.ceremonyMs;
    await begin(world);
    expect(await world.store.db.selectFrom("ceremony").select("id").execute()).toHaveLength(1);
  });
});

test("a TOTP step is used once, and no earlier one after it (RFC 6238, section 5.2)", async () => {
  const world = await World.open();
  const { db } = world.store;
  await world.enrol("technician");
  const { id } = await db.selectFrom("authenticator").select("id").executeTakeFirstOrThrow();
  expect(await winners(world, 5, (tx) => useTotpStep(tx, id, 100))).toBe(1);
  expect(await useTotpStep(db, id, 100)).toBe(false);
  expect(await useTotpStep(db, id, 99)).toBe(false);
  expect(await useTotpStep(db, id, 101)).toBe(true);
  expect(await useTotpStep(db, newId("authenticator"), 200)).toBe(false);
});

test("a value that is used once is used once until it expires", async () => {
  const world = await World.open({ empty: true });
  const { db } = world.store;
  const use = (at: number) => useOnce(db, "jti", later(world, at), later(world, at + minute));
  expect(await winners(world, 5, (tx) => useOnce(tx, "jti", later(world, 0), later(world, minute)))).toBe(1);
  expect(await use(minute - 1)).toBe(false);
  expect(await use(minute)).toBe(false);
  expect(await use(minute + 1)).toBe(true);
  expect(await useOnce(db, "another", later(world, 0), later(world, minute))).toBe(true);
});

test("values whose time is over are found by an index, so that each use costs the same however many are kept", async () => {
  const world = await World.open({ empty: true });
  const statement = sql<{ detail: string }>`explain query plan delete from used_once where expires_at < ${world.at()}`;
  const { rows } = await statement.execute(world.store.db);
  expect(rows.map(({ detail }) => detail)).toEqual([expect.stringMatching(/^SEARCH .*\(expires_at<\?\)$/)]);
});

test("an enrolment link is good once, in its time, and takes the others of its person with it", async () => {
  const world = await World.open();
  const { db } = world.store;
  const person = world.people.technician.id;
  const link = (codeHash: string, of = person) =>
    insertEnrolment(db, {
      codeHash: asHash(codeHash),
      person: of,
      at: new Date(world.clock),
      expiresAt: later(world, hour),
    });
  await link("first");
  await link("second");
  await link("neighbour's", world.people.rival.id);
  expect(await findEnrolment(db, asHash("first"), later(world, hour))).toBeNull();
  expect(await useEnrolment(db, asHash("first"), later(world, hour))).toBe(false);
  expect((await findEnrolment(db, asHash("second"), later(world, 0)))?.person).toBe(person);
  expect(await winners(world, 5, (tx) => useEnrolment(tx, asHash("first"), later(world, 0)))).toBe(1);
  expect(await findEnrolment(db, asHash("second"), later(world, 0))).toBeNull();
  expect(await useEnrolment(db, asHash("second"), later(world, 0))).toBe(false);
  expect(await useEnrolment(db, asHash("neighbour's"), later(world, 0))).toBe(true);
  expect(await useEnrolment(db, asHash("unknown"), later(world, 0))).toBe(false);
});

test("a join token is good once, in its time, for its site", async () => {
  const world = await World.open();
  const { db } = world.store;
  await insertJoinToken(db, { tokenHash: asHash("t"), site: world.ids.siteA, expiresAt: later(world, hour) });
  expect(await useJoinToken(db, asHash("t"), later(world, hour))).toBeNull();
  expect(await winners(world, 5, (tx) => useJoinToken(tx, asHash("t"), later(world, 0)))).toBe(1);
  expect(await useJoinToken(db, asHash("t"), later(world, 0))).toBeNull();
});

test("a device code moves from one state to the next once, and is forgotten a while after its time", async () => {
  const world = await World.open({ empty: true });
  const { db } = world.store;
  const insert = (name: string) =>
    insertDeviceCode(db, {
      code_hash: asHash(name),
      user_code: name,
      face: "portal",
      jwk: null,
      thumbprint: null,
      label: null,
      address: "",
      state: "pending",
      person: null,
      factors: null,
      workstation: null,
      created_at: world.at(),
      expires_at: world.at(limits.deviceCodeMs),
      polled_at: null,
    });
  await insert("one");
  const find = (face: "portal" | "staff", ms: number) => findDeviceCodeByUserCode(db, "one", face, later(world, ms));
  expect(await find("portal", limits.deviceCodeMs - 1)).not.toBeNull();
  expect(await find("portal", limits.deviceCodeMs)).toBeNull();
  expect(await find("staff", 0)).toBeNull();
  expect(await winners(world, 5, (tx) => moveDeviceCode(tx, asHash("one"), "pending", { state: "confirmed" }))).toBe(1);
  expect(await find("portal", 0)).toBeNull();
  expect(await winners(world, 5, (tx) => moveDeviceCode(tx, asHash("one"), "confirmed", { state: "used" }))).toBe(1);
  world.clock += 2 * limits.deviceCodeMs;
  await insert("two");
  expect(await db.selectFrom("device_code").select("code_hash").execute()).toEqual([{ code_hash: "two" }]);
});

describe("of several who decide", () => {
  const asked = async (world: World) => {
    const { id: workstation } = await world.equip("technician");
    const request = askedFor({
      site: { id: world.ids.siteA, name: "A" },
      person: { id: world.people.technician.id, name: "t" },
      vendor: { id: world.ids.vendorA, name: "v" },
      workstation: { id: workstation, label: "w", thumbprints: [asThumbprint("A".repeat(43))] },
      device: { id: world.devices.own.id, name: "d" },
      windows: [world.window(0, hour)],
    });
    await insertRequest(world.store.db, keptUnsigned(request), later(world, 0));
    return request;
  };
  const give = async (world: World, db: Db, request: AccessRequest, approver: Id<"person">, hash: string) => {
    const grant = grantOf(request, { agent: { id: world.ids.agentA, key: asPin("A".repeat(43)) } });
    const signed = { statement: "", credential: "", authenticatorData: "", clientDataJson: "", signature: "" };
    const at = later(world, 0);
    await insertGrant(db, { grant, request: request.id, hash: asHash(hash), bytes: "", at });
    await insertApproval(db, { grant: grant.id, approver, signed, at });
    await putInForce(db, approvalAllowed, grant.id, at);
    return grant.id;
  };

  test("one settles the request, whatever the verdicts", async () => {
    const world = await World.open();
    const { id } = await asked(world);
    const verdicts = ["approved", "denied", "withdrawn", "approved"] as const;
    let turn = 0;
    const settle = (db: Db) =>
      settleRequest(db, system, id, {
        state: verdicts[turn++ % 4] ?? "denied",
        by: world.people.approver.id,
        at: new Date(),
      });
    expect(await winners(world, 8, settle)).toBe(1);
  });

  test("each has one approval of a grant, and a request has one grant", async () => {
    const world = await World.open();
    const request = await asked(world);
    const { db } = world.store;
    const grant = await give(world, db, request, world.people.approver.id, "h1");
    await expect(give(world, db, request, world.people.secondApprover.id, "h2")).rejects.toThrow(/unique|history/i);
    const again = (person: Id<"person">) =>
      db
        .insertInto("approval")
        .values({ id: newId("approval"), grant, person, signed: "{}", created_at: "" })
        .execute();
    await expect(again(world.people.approver.id)).rejects.toThrow(/unique|history/i);
    await again(world.people.secondApprover.id);
  });

  test("one revokes", async () => {
    const world = await World.open();
    const grant = await give(world, world.store.db, await asked(world), world.people.approver.id, "h1");
    const revoke = (db: Db) => revokeGrant(db, system, grant, world.people.approver.id, "why", later(world, 0));
    expect(await winners(world, 5, revoke)).toBe(1);
  });
});
