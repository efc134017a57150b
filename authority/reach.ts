import type { ReachTested } from "../protocol/api/service.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { LockedKind } from "../protocol/lock.ts";
import type { Id } from "../protocol/make-id.ts";
import { ways } from "../protocol/service.ts";
import { type Device, listDevices } from "../store/device.ts";
import { locksInForce } from "../store/lock.ts";
import { keepReach } from "../store/reach.ts";
import { liveSessions } from "../store/session.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { requireNotLocked } from "./not-locked.ts";

/**
 * Has the agent beside a device open one connection to a service of it and close it at once, and keeps what it found. Not
 * while a session is open on the device, for some serve one connection at a time; and not under a lock that covers it.
 * Throws `not-found`, `denied`, `state-conflict`, `agent-unavailable`, and what the agent refuses.
 */
export async function testReach(c: Context, caller: PersonCaller, id: Id<"service">): Promise<ReachTested> {
  const { db } = c.store;
  const devices = await listDevices(db, caller.scope);
  const device = devices.find(({ services }) => services.some((service) => service.id === id));
  const service = device?.services.find((known) => known.id === id);
  if (!device || !service) throw new GenkanError("not-found");
  await requireNotLocked(db, caller, device.site.id);
  if (await isLocked(c, device)) throw new GenkanError("denied", undefined, { reasons: ["locked"] });
  if ((await liveSessions(db, caller.scope)).some((session) => session.device === device.id))
    throw new GenkanError("state-conflict", "A session is open on this device: it is reached.");
  const link = c.agents.find(device.agent.id);
  if (!link) throw new GenkanError("agent-unavailable");
  const { address, port, protocol } = service;
  const { reach } = await link.request("target.reach", {
    target: { address, port },
    tls: ways[protocol].tls ? (service.tls ?? []) : null,
  });
  const at = c.now();
  await c.store.change(async (change) => {
    await keepReach(change.db, { service: id, reach, at });
    await change.audit({
      at,
      action: "device.reach-test",
      outcome: "done",
      actor: personActor(caller.person),
      site: device.site.id,
      vendor: device.vendor.id,
      subjects: { device: device.id, service: id, agent: device.agent.id },
      facts: { reach },
    });
    change.touch("agents");
  });
  return { service: id, reach, at: at.toISOString() };
}

async function isLocked({ store }: Context, device: Device): Promise<boolean> {
  const covered: ReadonlySet<Id<LockedKind> | null> = new Set([device.id, device.agent.id, device.site.id]);
  return (await locksInForce(store.db)).some(({ kind, target, site }) =>
    kind === "everything" ? (site ?? device.site.id) === device.site.id : covered.has(target),
  );
}
