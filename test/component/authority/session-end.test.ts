import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { lift, lock } from "../../../authority/lock.ts";
import { putMember } from "../../../authority/membership.ts";
import { revoke } from "../../../authority/revoke.ts";
import { endOne, endSessions } from "../../../authority/session-end.ts";
import { signOut } from "../../../authority/sign-in.ts";
import { proposeTrust } from "../../../authority/trust.ts";
import { verifyStatement } from "../../../crypto/statement.ts";
import type { EndReason } from "../../../protocol/end-reason.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import type { LockKind } from "../../../protocol/lock.ts";
import { Lease } from "../../../protocol/statement.ts";
import { listSessions } from "../../../store/session.ts";
import { readEpoch } from "../../../store/store.ts";
import { raiseEpoch } from "../store/epoch.ts";
import { signTrust, trustSecond } from "./begun.ts";
import { type Ready, ready } from "./ready.ts";
import { hour, outcome, World } from "./world.ts";

describe("a live session ends, at gateway and agent and in its row (A9), when", () => {
  const locked = (kind: LockKind, target: (r: Ready) => string | null) =>
    [
      `its ${kind} is locked`,
      "locked",
      async (r: Ready) => {
        const reason = "stolen";
        await lock(r.world.context, r.world.leases, await r.world.caller("officer"), {
          kind,
          target: target(r),
          reason,
        });
      },
    ] as const;
  /** A fact is changed in the store, its epoch raised, and a renewal comes round. */
  const changed = (what: string, statement: (r: Ready) => string) =>
    [
      what,
      "fact-changed",
      async (r: Ready) => {
        await r.world.store.change(async (change) => {
          await sql.raw(statement(r)).execute(change.db);
          await raiseEpoch(change);
        });
        await r.world.leases.round();
      },
    ] as const;

  test.each<readonly [string, EndReason, (r: Ready) => Promise<unknown>]>([
    locked("person", ({ technician }) => technician.person.id),
    locked("workstation", ({ technician }) => technician.signIn.workstation),
    locked("vendor", ({ world }) => world.ids.vendorA),
    locked("device", ({ world }) => world.devices.own.id),
    locked("agent", ({ world }) => world.ids.agentA),
    locked("site", ({ world }) => world.ids.siteA),
    locked("everything", () => null),
    [
      "its grant is revoked by the approver",
      "revoked",
      async ({ world, grant }: Ready) =>
        void (await revoke(world.context, await world.caller("approver"), grant.id, "x")),
    ],
    [
      "its window closes",
      "window-closed",
      async ({ world }: Ready) => {
        world.clock += hour;
        await world.leases.round();
      },
    ],
    [
      "its technician ends it",
      "ended-by-technician",
      async ({ world, technician }: Ready) => {
        const [session] = await listSessions(world.store.db, technician.scope);
        await endOne(world.context, technician, session?.id ?? "ses_", null);
      },
    ],
    [
      "an officer ends it",
      "ended-by-staff",
      async ({ world }: Ready) => {
        const officer = await world.caller("officer");
        const [session] = await listSessions(world.store.db, officer.scope);
        await endOne(world.context, officer, session?.id ?? "ses_", "why");
      },
    ],
    changed(
      "its person is disabled",
      ({ technician }) => `update person set active = 0 where id = '${technician.person.id}'`,
    ),
    changed(
      "its person loses the role",
      ({ technician }) => `update membership set roles = '[]' where person = '${technician.person.id}'`,
    ),
    changed(
      "its vendor works here no more",
      ({ world }) => `update vendor set active = 0 where id = '${world.ids.vendorA}'`,
    ),
    changed("its contract is over", ({ world }) => `update contract set ends_at = '${world.at()}'`),
    changed("its device goes to another vendor", ({ world }) => `update device set vendor = '${world.ids.vendorB}'`),
    [
      "its technician signs out where it was begun",
      "ended-by-technician",
      ({ world, technician }: Ready) => signOut(world.context, technician),
    ],
    [
      "its sign-in was ended by another process",
      "ended-by-technician",
      async ({ world }: Ready) => {
        await sql`update sign_in set ended_at = ${world.at()}`.execute(world.store.db);
        await world.leases.round();
      },
    ],
    [
      "the agent that it was approved at is locked, though its device stands behind another one by now",
      "locked",
      async ({ world }: Ready) => {
        const { db } = world.store;
        await sql`update device set agent = ${world.ids.agentB} where id = ${world.devices.own.id}`.execute(db);
        const of = { kind: "agent", target: world.ids.agentA, reason: "stolen" } as const;
        await lock(world.context, world.leases, await world.caller("officer"), of);
      },
    ],
    [
      "its approver loses the role",
      "fact-changed",
      async ({ world }: Ready) => {
        const { login } = world.people.approver;
        await putMember(world.store, { login, place: null, roles: ["officer"] }, new Date(world.clock), host);
        await world.leases.round();
      },
    ],
    changed(
      "its approver is disabled",
      ({ world }) => `update person set active = 0 where id = '${world.people.approver.id}'`,
    ),
    changed(
      "its approver has left the hospital",
      ({ world }) => `update membership set until = '${world.at(-1)}' where person = '${world.people.approver.id}'`,
    ),
    [
      "a new list of approvers no longer names the passkey that approved it",
      "fact-changed",
      async ({ world }: Ready) => {
        // The approver took another passkey; who still stands in the list signs it.
        await trustSecond(world);
        await sql`update authenticator set expires_at = ${world.at()} where person = ${world.people.approver.id}`.execute(
          world.store.db,
        );
        await world.store.change((change) => proposeTrust(change, world.ids.siteA, new Date(world.clock)));
        await signTrust(world, "secondApprover");
      },
    ],
    [
      "a new list of approvers requires an officer besides",
      "fact-changed",
      async ({ world }: Ready) => {
        await world.enrol("officer");
        const one = (role: "approver" | "officer") => ({ roles: [role], persons: 1 });
        const normal = [one("approver"), one("officer")];
        await world.store.change((change) =>
          proposeTrust(change, world.ids.siteA, new Date(world.clock), { normal, emergency: normal }),
        );
        await signTrust(world, "approver");
      },
    ],
    changed("its workstation has no key of the grant", () => "delete from workstation_key"),
  ])("%s: %s", async (_, reason, act) => {
    const r = await ready();
    const { session } = await r.open();
    await r.agent.link.request("session.begun", { session });
    expect(await r.row(session)).toMatchObject({ state: "live" });
    await r.world.leases.round();
    expect(r.agent.cuts).toEqual([]);
    await act(r);
    expect(await r.row(session)).toMatchObject({ state: "ended", reason });
    await r.heard();
    expect(r.agent.cuts).toContainEqual({ session, reason });
    const ends = (await r.world.audit()).filter(({ action }) => action === "session.end");
    expect(ends).toMatchObject([{ subjects: { session }, reasons: [reason] }]);
  });

  test("nothing of a sign-out elsewhere, and none is begun by a sign-in that is over", async () => {
    const { world, technician, open, row } = await ready();
    const { session } = await open();
    await signOut(world.context, await world.caller("technician"));
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "admitted" });
    await signOut(world.context, technician);
    expect(await row(session)).toMatchObject({ state: "ended", reason: "ended-by-technician" });
    expect(await outcome(open())).toBe("denied signed-out");
  });

  test("nothing of another hospital's lock, and nothing of a lock that was lifted", async () => {
    const { world, open, row } = await ready();
    const { session } = await open();
    const officer = await world.caller("officer");
    const foreign = await world.caller("foreignOfficer");
    for (const [kind, target] of [
      ["device", world.devices.own.id],
      ["vendor", world.ids.vendorA],
      ["person", world.people.technician.id],
      ["agent", world.ids.agentA],
      ["site", world.ids.siteA],
      ["workstation", world.computers.get("technician")?.id ?? "wks_"],
    ] as const)
      expect([kind, await outcome(lock(world.context, world.leases, foreign, { kind, target, reason: "x" }))]).toEqual([
        kind,
        "not-found",
      ]);
    expect(await row(session)).toMatchObject({ state: "admitted" });
    const of = { kind: "device", target: world.devices.own.id, reason: "x" } as const;
    const { id } = await lock(world.context, world.leases, officer, of);
    expect(await outcome(open())).toBe("denied locked");
    expect(await outcome(lift(world.context, foreign, id, "x"))).toBe("not-found");
    await lift(world.context, officer, id, "found");
    expect(await outcome(lift(world.context, officer, id, "again"))).toBe("not-found");
    expect(await outcome(open())).toBe("done");
  });

  test("even when its end can't be written: the cut goes out all the same", async () => {
    const { world, agent, grant, open, heard } = await ready();
    const { session } = await open();
    await sql
      .raw("create trigger full before update on session begin select raise(abort, 'no room'); end")
      .execute(world.store.db);
    expect(await outcome(revoke(world.context, await world.caller("officer"), grant.id, "x"))).not.toBe("done");
    await heard();
    expect(agent.cuts).toContainEqual({ session, reason: "revoked" });
  });

  test("even when the store can't tell at which agent: it is cut at all of them", async () => {
    const { world, agent, open, heard } = await ready();
    const { session } = await open();
    const away = { ...world.store, urgent: () => Promise.reject(new GenkanError("store-unavailable")) };
    const end = endSessions({ ...world.context, store: away }, [session], { reason: "revoked", by: null });
    expect(await outcome(end)).toBe("store-unavailable");
    await heard();
    expect(agent.cuts).toEqual([{ session, reason: "revoked" }]);
  });
});

describe("a lease", () => {
  const read = (world: World, jws: string | undefined) =>
    verifyStatement("genkan/lease/v1", Lease, jws ?? "", world.context.keys.programKey.publicKey, "lease-invalid");

  test("names the sessions of its receiver, for a duration, with a number that rises", async () => {
    const { world, agent, open } = await ready();
    const { session } = await open();
    await world.leases.round();
    await world.leases.round();
    while (agent.leases.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    const [first, second] = [await read(world, agent.leases[0]), await read(world, agent.leases[1])];
    expect(first).toEqual({
      audience: world.agentKeys.agentA.pin,
      sequence: 1,
      sessions: [session],
      durationMs: limits.leaseMs,
    });
    expect(second.sequence).toBe(2);
  });

  test("is sent twice, not a hundred times, when a hundred ask for one at once", async () => {
    const { world, agent, open } = await ready();
    await open();
    await Promise.all(Array.from({ length: 100 }, () => world.leases.round()));
    await world.leases.round();
    while (agent.leases.length < 3) await new Promise((resolve) => setTimeout(resolve, 2));
    expect((await read(world, agent.leases.at(-1))).sequence).toBe(3);
  });

  test("is not sent while the store can't be read, so that sessions end by themselves", async () => {
    const { world, agent, open, heard } = await ready();
    await open();
    await sql.raw("alter table epoch rename to away").execute(world.store.db);
    await world.leases.round();
    await heard();
    expect(agent.leases).toEqual([]);
  });

  test("stands on one decision until a fact or the clock overtakes it", async () => {
    const { world, open, row } = await ready();
    const { session } = await open();
    await world.leases.round();
    const decided = await row(session);
    await world.leases.round();
    expect(await row(session)).toEqual(decided);
    const before = await readEpoch(world.store.db);
    await sql.raw("update vendor set active = 0").execute(world.store.db);
    expect(await readEpoch(world.store.db)).toBeGreaterThan(before);
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
  });
});
