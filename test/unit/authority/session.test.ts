import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { admit } from "../../../authority/admission.ts";
import type { Caller } from "../../../authority/caller.ts";
import { endOne, lock, revoke, unlock } from "../../../authority/oversight.ts";
import { joinToken } from "../../../authority/register.ts";
import { createIdentity } from "../../../crypto/identity.ts";
import { verifyStatement } from "../../../crypto/statement.ts";
import type { LockKind } from "../../../protocol/api/session.ts";
import type { EndReason } from "../../../protocol/end-reason.ts";
import { limits } from "../../../protocol/limits.ts";
import { Lease, Ticket } from "../../../protocol/statement.ts";
import { Scope } from "../../../store/scope.ts";
import { findSession, listSessions } from "../../../store/session.ts";
import { readEpoch } from "../../../store/store.ts";
import { AgentEnd, approved, asked, connectGateway, nothing } from "./parts.ts";
import { hour, type Name, outcome, World } from "./world.ts";

const system = Scope.system();
const clientKey = "A".repeat(43);

/** A grant whose window is open, with gateway and agent connected. */
async function ready(o: { gateway?: false; agent?: false } = {}) {
  const world = await World.open();
  await world.enrol("approver");
  const gateway = o.gateway ?? (await connectGateway(world));
  const agent = o.agent ?? (await AgentEnd.connect(world, "agentA"));
  if (agent) await agent.hello(world);
  const technician = await world.caller("technician");
  const request = await asked(world, technician);
  const grant = await approved(world, "approver", request.id, request.window);
  const service = world.devices.own.services[1] as string;
  const native = { grant: grant.id, service, client: "native", clientKey } as const;
  const open = (caller: Caller = technician, input: Partial<Parameters<typeof admit>[2]> = {}) =>
    admit(world.context, caller, { ...native, ...input });
  const row = async (id: string) => (await listSessions(world.store.db, system, id))[0];
  const sessions = async () => (await listSessions(world.store.db, system)).length;
  const heard = async () => {
    if (agent) await agent.heard();
  };
  return { world, gateway, agent: agent as AgentEnd, technician, grant, open, row, sessions, heard };
}
type Ready = Awaited<ReturnType<typeof ready>>;

describe("admission", () => {
  test("orders the agent with a ticket for this session, grant, host, client key and nonce", async () => {
    const { world, agent, grant, open, row } = await ready();
    const ticket = await open();
    expect(ticket.host).toMatch(/^[0-9a-z]{26}\.link\.genkan\.internal$/);
    const [order] = agent.admitted;
    const { publicKey } = world.context.keys.identity;
    const jws = order?.ticket ?? "";
    expect(await verifyStatement("genkan/ticket/v1", Ticket, jws, publicKey, "ticket-invalid")).toMatchObject({
      session: ticket.session,
      grant: grant.hash,
      agent: world.agentKeys.agentA.thumbprint,
      host: ticket.host,
      client: "native",
      clientKey,
      leaseMs: limits.leaseMs,
    });
    expect(order?.approvals).toHaveLength(1);
    expect(await row(ticket.session)).toMatchObject({ state: "admitted", windowEnd: grant.window.end });
    expect((await world.audit()).at(-1)).toMatchObject({
      action: "session.admit",
      outcome: "allowed",
      subjects: { session: ticket.session, grant: grant.id },
    });
  });

  test("gives each session names of its own", async () => {
    const { world, open } = await ready();
    const browser = { client: "browser", clientKey: null, service: world.devices.own.services[0] as string } as const;
    const first = await open(undefined, browser);
    const second = await open(undefined, browser);
    expect(first.host).toMatch(/^http-[0-9a-z]{26}\.access\.genkan-sessions\.example$/);
    expect(second.host).not.toBe(first.host);
    expect(second.origin).toBe(`https://${second.host}`);
  });

  test.each<[string, string, (r: Ready) => Promise<unknown>]>([
    ["of a grant that nobody has", "not-found", ({ open }) => open(undefined, { grant: nothing("grant") })],
    ["of another vendor's technician", "not-found", async ({ world, open }) => open(await world.caller("rival"))],
    ["of a colleague", "not-found", async ({ world, open }) => open(await world.caller("colleague"))],
    [
      "of a colleague who sees all of the vendor's grants",
      "denied grant-inactive workstation-not-granted",
      async ({ world, open }) => open(await world.caller("leader")),
    ],
    [
      "of the approver",
      "denied role-missing vendor-inactive grant-inactive workstation-unknown workstation-not-granted",
      async ({ world, open }) => open(await world.caller("approver")),
    ],
    [
      "from a sign-in with one factor",
      "denied factors-missing",
      ({ technician, open }) => open({ ...technician, signIn: { ...technician.signIn, factors: ["password"] } }),
    ],
    [
      "from no workstation",
      "denied workstation-unknown workstation-not-granted",
      ({ technician, open }) => open({ ...technician, signIn: { ...technician.signIn, workstation: null } }),
    ],
    [
      "to a service that is not granted",
      "denied service-not-granted",
      ({ world, open }) => open(undefined, { service: world.devices.rivals.services[0] as string }),
    ],
    ["by a browser to a shell", "bad-request", ({ open }) => open(undefined, { client: "browser", clientKey: null })],
    ["by a native client without a key", "bad-request", ({ open }) => open(undefined, { clientKey: null })],
    ["by a browser with a key", "bad-request", ({ open }) => open(undefined, { client: "browser" })],
    [
      "after the window",
      "denied window-not-open",
      ({ world, open }) => {
        world.clock += hour;
        return open();
      },
    ],
    [
      "before the window",
      "denied window-not-open contract-missing",
      ({ world, open }) => {
        world.clock -= 1 + hour;
        return open();
      },
    ],
    [
      "of a revoked grant",
      "denied grant-inactive",
      async ({ world, grant, open }) => {
        await revoke(world.context, await world.caller("officer"), grant.id, "x");
        return open();
      },
    ],
  ])("%s is refused: %s", async (_, code, act) => {
    const r = await ready();
    expect(await outcome(act(r))).toBe(code);
    expect(await r.sessions()).toBe(0);
    expect(r.agent.admitted).toEqual([]);
  });

  test("needs a gateway, an agent, and its recorder", async () => {
    const noGateway = await ready({ gateway: false });
    expect(await outcome(noGateway.open())).toBe("gateway-unavailable");
    const noAgent = await ready({ agent: false });
    expect(await outcome(noAgent.open())).toBe("denied agent-away recorder-not-ready");
    const { agent, open, world } = await ready();
    await agent.link.request("status", { clock: world.at(), recorder: false, trust: null });
    expect(await outcome(open())).toBe("denied recorder-not-ready");
  });

  test("gives no more sessions of one grant than the limit, however many ask at once", async () => {
    const { open, sessions } = await ready();
    const all = await Promise.all(Array.from({ length: limits.sessionsPerGrant + 4 }, () => outcome(open())));
    expect(all.filter((code) => code === "done")).toHaveLength(limits.sessionsPerGrant);
    expect(new Set(all)).toEqual(new Set(["done", "denied sessions-too-many"]));
    expect(await sessions()).toBe(limits.sessionsPerGrant);
  });

  test("that the agent refuses ends with that reason", async () => {
    const { world, agent, open } = await ready();
    agent.beforeAdmit = () => {
      throw new Error("no");
    };
    expect(await outcome(open())).toBe("internal");
    const [session] = await listSessions(world.store.db, system);
    expect(session).toMatchObject({ state: "ended", reason: "refused-by-agent" });
  });

  test("does not outlive a revocation that comes while the agent is asked", async () => {
    const { world, agent, grant, open, row, heard } = await ready();
    const officer = await world.caller("officer");
    agent.beforeAdmit = () => revoke(world.context, officer, grant.id, "now");
    expect(await outcome(open())).toBe("session-ended");
    const [session] = await listSessions(world.store.db, system);
    expect(await row(session?.id ?? "")).toMatchObject({ state: "ended", reason: "revoked" });
    await heard();
    // The first cut came before the agent had the session; the last one after its answer.
    expect(agent.cuts.map((cut) => cut.session)).toEqual([session?.id, session?.id]);
  });

  test("keeps no session when its record can't be kept", async () => {
    const { world, agent, open, sessions } = await ready();
    await sql
      .raw("create trigger full before insert on outbox begin select raise(abort, 'no room'); end")
      .execute(world.store.db);
    expect(await outcome(open())).toContain("SQLITE_CONSTRAINT");
    expect([await sessions(), agent.admitted.length]).toEqual([0, 0]);
  });
});

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
          await change.raiseEpoch();
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
        await endOne(world.context, technician, session?.id ?? "", null);
      },
    ],
    [
      "an officer ends it",
      "ended-by-staff",
      async ({ world }: Ready) => {
        const officer = await world.caller("officer");
        const [session] = await listSessions(world.store.db, officer.scope);
        await endOne(world.context, officer, session?.id ?? "", "why");
      },
    ],
    changed(
      "its person is disabled",
      ({ technician }) => `update person set active = 0 where id = '${technician.person.id}'`,
    ),
    changed(
      "its person loses the role",
      ({ technician }) => `update person set roles = '[]' where id = '${technician.person.id}'`,
    ),
    changed(
      "its vendor works here no more",
      ({ world }) => `update vendor set active = 0 where id = '${world.ids.vendorA}'`,
    ),
    changed("its contract is over", ({ world }) => `update contract set ends_at = '${world.at()}'`),
    changed("its device goes to another vendor", ({ world }) => `update device set vendor = '${world.ids.vendorB}'`),
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
      ["workstation", world.computers.get("technician")?.id ?? ""],
    ] as const)
      expect([kind, await outcome(lock(world.context, world.leases, foreign, { kind, target, reason: "x" }))]).toEqual([
        kind,
        "not-found",
      ]);
    expect(await row(session)).toMatchObject({ state: "admitted" });
    const of = { kind: "device", target: world.devices.own.id, reason: "x" } as const;
    const { id } = await lock(world.context, world.leases, officer, of);
    expect(await outcome(open())).toBe("denied locked");
    expect(await outcome(unlock(world.context, foreign, id, "x"))).toBe("not-found");
    await unlock(world.context, officer, id, "found");
    expect(await outcome(unlock(world.context, officer, id, "again"))).toBe("not-found");
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
});

describe("a lease", () => {
  const read = (world: World, jws: string | undefined) =>
    verifyStatement("genkan/lease/v1", Lease, jws ?? "", world.context.keys.identity.publicKey, "lease-invalid");

  test("names the sessions of its receiver, for a duration, with a number that rises", async () => {
    const { world, agent, open } = await ready();
    const { session } = await open();
    await world.leases.round();
    await world.leases.round();
    while (agent.leases.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
    const [first, second] = [await read(world, agent.leases[0]), await read(world, agent.leases[1])];
    expect(first).toEqual({
      audience: world.agentKeys.agentA.thumbprint,
      sequence: 1,
      sessions: [session],
      durationMs: limits.leaseMs,
    });
    expect(second.sequence).toBe(2);
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
    const before = await readEpoch(world.store.db);
    // Not raised: what nobody said has changed is not looked at again, until the epoch says so.
    await sql.raw("update vendor set active = 0").execute(world.store.db);
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "admitted" });
    await world.store.change((change) => change.raiseEpoch());
    expect(await readEpoch(world.store.db)).toBe(before + 1);
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
  });
});

describe("an agent", () => {
  test("speaks of its own sessions only: another's look unknown to it (A21)", async () => {
    const { world, open, row } = await ready();
    const { session } = await open();
    const other = await AgentEnd.connect(world, "agentB");
    await other.hello(world);
    const counts = { up: 9, down: 9, connections: 9 };
    for (const id of [session, nothing("session")]) {
      const tries = [
        other.link.request("session.begun", { session: id }),
        other.link.request("session.counts", { session: id, counts }),
        other.link.request("session.ended", { session: id, reason: "agent-lost", counts, at: world.at() }),
        other.link.request("leg.request", { session: id, count: 1 }),
        other.link.request("session.entries", {
          session: id,
          first: 0,
          entries: [{ kind: "refusal", at: world.at(), code: "x" }],
        }),
      ];
      for (const work of tries) expect(await outcome(work)).toBe("session-unknown");
    }
    expect(await row(session)).toMatchObject({ state: "admitted", counts: { up: 0, down: 0 } });
  });

  test("that nobody joined says nothing but its join, with a token that is good once", async () => {
    const { world, gateway } = await ready({ agent: false });
    expect(gateway).toBeTruthy();
    const stranger = createIdentity();
    const end = await AgentEnd.connect(world, "agentA", undefined, stranger);
    expect(await outcome(end.hello(world))).toBe("join-refused");
    expect(await outcome(end.link.request("status", { clock: world.at(), recorder: true, trust: null }))).toBe(
      "join-refused",
    );
    expect(await outcome(end.link.request("join", { token: "wrong", name: "x" }))).toBe("join-refused");
    const token = await joinToken(world.store, world.ids.siteA, new Date(world.clock));
    const joined = await end.link.request("join", { token, name: "agent" });
    expect(joined.site.id).toBe(world.ids.siteA);
    const another = await AgentEnd.connect(world, "agentA", undefined, createIdentity());
    expect(await outcome(another.link.request("join", { token, name: "y" }))).toBe("join-refused");
    const again = await AgentEnd.connect(world, "agentA", undefined, stranger);
    expect((await again.hello(world)).agent).toBe(joined.agent);
  });

  test("that comes back without a session ends it; one that serves what has ended is told to cut", async () => {
    const { world, agent, open, row } = await ready();
    const { session } = await open();
    const again = await AgentEnd.connect(world, "agentA");
    await again.hello(world, []);
    expect(await row(session)).toMatchObject({ state: "ended", reason: "agent-lost" });
    await agent.link.closed;
    const third = await AgentEnd.connect(world, "agentA");
    await third.hello(world, [session]);
    await third.heard();
    expect(third.cuts).toContainEqual({ session, reason: "agent-lost" });
  });

  test("that begins what has ended meanwhile is told to cut, and nothing began", async () => {
    const { world, agent, technician, open, heard } = await ready();
    const { session } = await open();
    await endOne(world.context, technician, session, null);
    await heard();
    agent.cuts.length = 0;
    expect(await outcome(agent.link.request("session.begun", { session }))).toBe("session-ended");
    await heard();
    expect(agent.cuts).toEqual([{ session, reason: "ended-by-technician" }]);
    expect((await world.audit()).filter(({ action }) => action === "session.begin")).toEqual([]);
  });

  test("may say the same twice: begun once, counted up only, each entry kept once", async () => {
    const { world, agent, open } = await ready();
    const { session } = await open();
    for (let n = 0; n < 2; n++) {
      await agent.link.request("session.begun", { session });
      await agent.link.request("session.counts", { session, counts: { up: 10 - n, down: 5 + n, connections: 1 } });
      const entries = [{ kind: "refusal", at: world.at(), code: `x${n}` } as const];
      await agent.link.request("session.entries", { session, first: 0, entries });
    }
    expect((await world.audit()).filter(({ action }) => action === "session.begin")).toHaveLength(1);
    expect(await findSession(world.store.db, system, session)).toMatchObject({ state: "live" });
    expect((await listSessions(world.store.db, system, session))[0]?.counts).toMatchObject({ up: 10, down: 6 });
    const entries = await world.store.db.selectFrom("session_entry").select("entry").execute();
    expect(entries.map(({ entry }) => (JSON.parse(entry) as { code: string }).code)).toEqual(["x0"]);
  });
});

test("a session is seen and ended by its own people and hospital only", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  for (const name of ["rival", "rivalChief", "colleague", "foreignOfficer", "foreignApprover"] as Name[])
    expect([name, await outcome(endOne(world.context, await world.caller(name), session, null))]).toEqual([
      name,
      "not-found",
    ]);
  expect(await row(session)).toMatchObject({ state: "admitted" });
});
