import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { enrolmentLink } from "../../../authority/enrolment.ts";
import { endMember, type PlaceAsked, putMember } from "../../../authority/membership.ts";
import { signIn } from "../../../authority/sign-in.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { findPerson } from "../../../store/person.ts";
import { Scope } from "../../../store/scope.ts";
import { trustOf } from "./parts.ts";
import { ready } from "./ready.ts";
import { hosts, hour, minute, type Name, outcome, World } from "./world.ts";

const leave = (world: World, name: Name, ms: number) =>
  endMember(
    world.store,
    { login: world.people[name].login, place: null, until: new Date(world.clock + ms) },
    new Date(world.clock),
    host,
  );

/** The next edge of the clock of what a session was decided on. */
const validUntil = async (world: World, session: Id<"session">) =>
  (await world.store.db.selectFrom("session").select("valid_until").where("id", "=", session).executeTakeFirstOrThrow())
    .valid_until;

const signedIn = (world: World, name: Name) =>
  world.store.change(async (change) => {
    const person = await findPerson(change.db, Scope.system(), world.people[name].id, null);
    if (!person) throw new Error("nobody");
    return signIn(world.context, change, {
      person,
      face: world.people[name].face,
      factors: ["passkey"],
      network: "192.0.2.1",
    });
  });

describe("a membership", () => {
  test.each(["technician", "officer"] as const)(
    "signs nobody in once it has ended, and not before: %s",
    async (name) => {
      const world = await World.open();
      await leave(world, name, hour);
      expect(await outcome(signedIn(world, name))).toBe("done");
      world.clock += hour;
      expect(await outcome(signedIn(world, name))).toBe("sign-in-failed");
      const { login } = world.people[name];
      expect(await outcome(enrolmentLink(world.store, hosts, login, new Date(world.clock)))).toBe("state-conflict");
      // Whoever comes back is let in again.
      const roles = world.people[name].roles;
      await putMember(world.store, { login, place: null, roles, until: null }, new Date(world.clock), host);
      expect(await outcome(signedIn(world, name))).toBe("done");
    },
  );

  test("that is ended at once ends the sessions of its technician, and nothing new begins", async () => {
    const { world, open, row } = await ready();
    const { session } = await open();
    await leave(world, "technician", 0);
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
    expect(await outcome(open())).toMatch(/^denied/);
  });

  test("of a technician ends their sessions at its instant, which nobody need tell", async () => {
    const { world, open, row } = await ready();
    await leave(world, "technician", 10 * minute);
    const { session } = await open();
    expect(await validUntil(world, session)).toBe(world.at(10 * minute));
    world.clock += 10 * minute;
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
    expect(await outcome(open())).toMatch(/^denied membership-ended/);
  });

  test.each<[string, number | undefined, (world: World) => Promise<unknown>]>([
    ["when an approver's membership ends", undefined, (world) => leave(world, "approver", 10 * minute)],
    ["when an approver's passkey expires", 10 * minute, async () => {}],
  ])("%s, what stands on their yes ends at that instant, which nobody need tell", async (_what, passkeyMs, change) => {
    const { world, open, row } = await ready(passkeyMs === undefined ? {} : { passkeyMs });
    await change(world);
    const { session } = await open();
    expect(await validUntil(world, session)).toBe(world.at(10 * minute));
    world.clock += 10 * minute - 1;
    await world.leases.round();
    expect(await row(session)).not.toMatchObject({ state: "ended" });
    world.clock += 1;
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
    expect(await outcome(open())).toMatch(/^denied quorum-missing/);
  });

  test("of an approver that is ended makes the next list of approvers without them", async () => {
    const world = await World.open();
    await world.enrol("approver");
    await world.enrol("secondApprover");
    const { scope } = await world.caller("officer");
    expect((await trustOf(world.store.db, scope, world.ids.siteA)).proposed?.approvers).toHaveLength(2);
    await leave(world, "secondApprover", 0);
    expect((await trustOf(world.store.db, scope, world.ids.siteA)).proposed).toBeNull();
  });

  test("stands in the log of its own place, with what it was before", async () => {
    const world = await World.open();
    const { login } = world.people.shared;
    const { siteA, siteB } = world.ids;
    const until = new Date(world.clock + minute);
    const at = new Date(world.clock);
    expect(await outcome(putMember(world.store, { login, place: null, roles: ["auditor"] }, at, host))).toBe(
      "bad-request",
    );
    await putMember(world.store, { login, place: { site: siteB, vendor: null }, roles: ["auditor"], until }, at, host);
    expect((await world.audit()).at(-1)).toMatchObject({
      action: "person.roles",
      site: siteB,
      facts: { roles: ["auditor"], before: ["approver"], until: until.toISOString() },
    });
    await endMember(world.store, { login, place: { site: siteA, vendor: null }, until: at }, at, host);
    expect((await world.audit()).at(-1)).toMatchObject({ action: "person.leave", site: siteA });
  });

  test("is of sites or of one vendor, and never of both", async () => {
    const world = await World.open();
    const { ids, people } = world;
    const at = new Date(world.clock);
    const put = (name: Name, place: PlaceAsked) =>
      outcome(putMember(world.store, { login: people[name].login, place, roles: ["technician"] }, at, host));
    expect(await put("officer", { site: null, vendor: ids.vendorA })).toBe("bad-request");
    expect(await put("technician", { site: ids.siteA, vendor: null })).toBe("bad-request");
    expect(await put("technician", { site: ids.siteA, vendor: ids.vendorA })).toBe("bad-request");
    expect(await put("technician", { site: null, vendor: ids.vendorB })).toBe("bad-request");
    await leave(world, "technician", 0);
    expect(await put("technician", { site: null, vendor: ids.vendorB })).toBe("done");
  });
});

test("what a person of two hospitals does with their account stands in the log of each", async () => {
  const world = await World.open();
  await signedIn(world, "shared");
  const records = (await world.audit()).filter(({ action }) => action === "sign-in");
  expect(records).toHaveLength(2);
  expect(new Set(records.map(({ site }) => site))).toEqual(new Set([world.ids.siteA, world.ids.siteB]));
});
