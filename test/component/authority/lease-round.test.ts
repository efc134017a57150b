import type { KyselyPlugin } from "kysely";
import { describe, expect, test } from "vitest";
import { admit } from "../../../authority/admission.ts";
import type { Context } from "../../../authority/context.ts";
import { gatewayEvents } from "../../../authority/gateway-events.ts";
import { LeaseRenewal } from "../../../authority/lease-renewal.ts";
import { lock } from "../../../authority/lock.ts";
import { newId } from "../../../crypto/random.ts";
import { verifyStatement } from "../../../crypto/statement.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { Lease } from "../../../protocol/statement.ts";
import { insertLock } from "../../../store/lock.ts";
import type { Store } from "../../../store/store.ts";
import { raiseEpoch } from "../store/epoch.ts";
import { approved, asked } from "./parts.ts";
import { clientKey, type Ready, ready } from "./ready.ts";
import { hour, minute, outcome, type World } from "./world.ts";

/** The same authority, told before each change; where that throws, as a full disk does, nothing is written. */
function beside({ context }: World, before: () => void): Context {
  const change: Store["change"] = async (work) => {
    before();
    return context.store.change(work);
  };
  return { ...context, store: { ...context.store, change, urgent: change } };
}
const fullDisk = () => {
  throw new GenkanError("store-unavailable");
};

/** Two sessions: the technician's, whose window is an hour, and a colleague's of two. */
async function two() {
  const r = await ready();
  const { world } = r;
  const first = await r.open();
  const colleague = await world.caller("colleague");
  const request = await asked(world, colleague, world.window(0, 2 * hour));
  const grant = await approved(world, "approver", request.id, request.windows);
  const service = world.devices.own.services[1] ?? ("svc_" as const);
  const second = await admit(world.context, colleague, {
    grant: grant.id,
    service,
    client: "native",
    clientKey: clientKey,
  });
  return { ...r, colleague, first: first.session, second: second.session };
}

/** Rows as the one session has them, until there are `count`. */
async function multiply({ world }: Ready, count: number): Promise<void> {
  const { db } = world.store;
  const row = await db.selectFrom("session").selectAll().executeTakeFirstOrThrow();
  for (let n = 1; n < count; n++)
    await db
      .insertInto("session")
      .values({ ...row, id: newId("session"), host: `h${n}` })
      .execute();
}

async function sessionsLeased({ world, agent }: Ready): Promise<string[]> {
  const key = world.context.keys.programKey.publicKey;
  const lease = await verifyStatement("genkan/lease/v1", Lease, agent.leases.at(-1) ?? "", key, "lease-invalid");
  return lease.sessions;
}

/** One round of `c`, and what it sent has arrived. */
async function round({ heard, agent }: Ready, c: Context, leased = true): Promise<void> {
  const leases = new LeaseRenewal(c);
  const before = agent.leases.length;
  await leases.round();
  await leases.close();
  await heard();
  while (leased && agent.leases.length === before) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe("a lease round", () => {
  test("renews as many sessions of one agent as it may serve", async () => {
    const r = await ready();
    await r.open();
    await multiply(r, limits.sessionsPerAgent);
    await round(r, r.world.context);
    expect(await sessionsLeased(r)).toHaveLength(limits.sessionsPerAgent);
  });

  test("renews the others when the end of one can't be written, and cuts that one all the same", async () => {
    const r = await two();
    r.world.clock += hour + minute;
    await round(r, beside(r.world, fullDisk));
    expect(await sessionsLeased(r)).toEqual([r.second]);
    expect(r.agent.cuts).toContainEqual({ session: r.first, reason: "window-closed" });
  });

  test("writes an end that could not be written when it came, by the reason of then", async () => {
    const r = await ready();
    r.agent.beforeAdmit = () => {
      throw new GenkanError("recorder-unavailable");
    };
    let changes = 0;
    // The row is kept; then the disk is full for a moment.
    const c = beside(r.world, () => ++changes === 2 && fullDisk());
    const service = r.world.devices.own.services[1] ?? ("svc_" as const);
    const input = { grant: r.grant.id, service, client: "native", clientKey } as const;
    expect(await outcome(admit(c, r.technician, input))).toBe("store-unavailable");
    await round(r, r.world.context, false);
    const { db } = r.world.store;
    expect(await db.selectFrom("session").select(["state", "reason"]).execute()).toEqual([
      { state: "ended", reason: "refused-by-agent" },
    ]);
    expect(r.agent.leases).toEqual([]);
  });

  test("cuts what a lock covers before it writes of those that live on", async () => {
    const r = await two();
    await multiply(r, 100);
    const officer = await r.world.caller("officer");
    let changes = 0;
    const cutAfter = new Map<string, number>();
    const { agents } = r.world.context;
    const cut = agents.cut.bind(agents);
    agents.cut = (session, ...rest) => {
      cutAfter.set(session, changes);
      cut(session, ...rest);
    };
    const c = beside(r.world, () => void changes++);
    const leases = new LeaseRenewal(c);
    await lock(c, leases, officer, { kind: "person", target: r.colleague.person.id, reason: "x" });
    await leases.close();
    // The lock and the end.
    expect(cutAfter.get(r.second)).toBe(2);
    expect(changes).toBe(3);
  });

  test("cuts what a lock covers though nothing can be written", async () => {
    const r = await two();
    const officer = await r.world.caller("officer");
    await r.world.store.change(async (change) => {
      const of = { kind: "person", target: r.colleague.person.id, name: "x", reason: "x" } as const;
      const site = r.world.ids.siteA;
      await insertLock(change.db, { ...of, site, by: officer.person.id, at: new Date(r.world.clock) });
      await raiseEpoch(change);
    });
    await round(r, beside(r.world, fullDisk));
    expect(r.agent.cuts).toContainEqual({ session: r.second, reason: "locked" });
    expect(await sessionsLeased(r)).toEqual([r.first]);
  });

  test("reads what its sessions share once, however many are decided again", async () => {
    const r = await ready();
    await r.open();
    await multiply(r, 100);
    await r.world.store.change((change) => raiseEpoch(change));
    let queries = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => {
        queries++;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const { context } = r.world;
    await round(r, { ...context, store: { ...context.store, db: context.store.db.withPlugin(counting) } });
    expect(await sessionsLeased(r)).toHaveLength(100);
    expect(queries).toBeLessThan(23);
  });

  test("leaves out the one that can't be decided, and no other", async () => {
    const r = await two();
    await r.world.store.db
      .updateTable("sign_in")
      .set("factors", "{" as never)
      .where("person", "=", r.colleague.person.id)
      .execute();
    await r.world.store.change((change) => raiseEpoch(change));
    await round(r, r.world.context);
    expect(await sessionsLeased(r)).toEqual([r.first]);
  });
});

test("a gateway that comes back while nothing can be written is kept", async () => {
  const { world, open } = await ready();
  const { session } = await open();
  const c = beside(world, fullDisk);
  const gateway = world.context.gateways.connected()[0];
  if (!gateway) throw new Error("There is no gateway.");
  await gatewayEvents(c, { connected: () => {}, disconnected: () => {} }).connected(gateway, []);
  expect([...c.owedEnds]).toEqual([[session, { reason: "gateway-lost", by: null }]]);
});
