import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { type GatewayPlace, type GatewayRow, listGateways, putGateway, updateGateway } from "../store/gateway.ts";
import type { Change, Store } from "../store/store.ts";
import { actorOf, type Caller, requireInstallation } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { requireName } from "./required-name.ts";

/**
 * Adds a gateway, or says where the one of this name is now. Whoever names its key decides which gateway the authority dials and
 * new agents pin, so each change is a record with what was there before, and it is for who runs the installation. Throws
 * `bad-request`, and `not-found` for an administrator of a site alone.
 */
export async function addGateway(store: Store, row: GatewayPlace, at: Date, by: Caller): Promise<Id<"gateway">> {
  requireName("gateway's name", row.name);
  requireInstallation(by);
  return store.change(async (change) => {
    await requireNotLocked(change.db, by, null);
    const known = (await listGateways(change.db)).find(({ name }) => name === row.name);
    const before = known ? { host: known.host, port: known.port, key: known.key } : null;
    if (known && known.host === row.host && known.port === row.port && known.key === row.key) return known.id;
    const id = await putGateway(change.db, row);
    await change.audit({
      at,
      action: "gateway.add",
      outcome: "done",
      actor: actorOf(by),
      subjects: { gateway: id },
      facts: { name: row.name, host: row.host, port: row.port, key: row.key, before },
    });
    change.touch("agents");
    return id;
  });
}

/**
 * Says a gateway anew: the authority dials it there with the next round of leases, and what went over the link before ends. Throws
 * `not-found`, `bad-request`, and `state-conflict` for the name of another one.
 */
export async function changeGateway(
  store: Store,
  by: Caller,
  id: Id<"gateway">,
  said: GatewayPlace,
  at: Date,
): Promise<void> {
  requireName("gateway's name", said.name);
  await store.change(async (change) => {
    const { active: _, id: _id, ...before } = await gatewayOf(change, by, id);
    if ((await listGateways(change.db)).some((other) => other.id !== id && other.name === said.name))
      throw new GenkanError("state-conflict", "Another gateway has this name.");
    await updateGateway(change.db, id, said);
    await change.audit({
      at,
      action: "gateway.change",
      outcome: "done",
      actor: actorOf(by),
      subjects: { gateway: id },
      facts: { ...said, before },
    });
    change.touch("agents");
  });
}

/**
 * Disables a gateway, or enables it again. The authority does not dial one that is disabled: nothing begins over it, and what lives
 * there ends with its lease. Throws `not-found`.
 */
export async function setGatewayOn(
  store: Store,
  by: Caller,
  id: Id<"gateway">,
  active: boolean,
  at: Date,
): Promise<void> {
  await store.urgent(async (change) => {
    const gateway = await gatewayOf(change, by, id);
    if (gateway.active === active) return;
    await updateGateway(change.db, id, { active });
    await change.audit({
      at,
      action: active ? "gateway.enable" : "gateway.disable",
      outcome: "done",
      actor: actorOf(by),
      subjects: { gateway: id },
    });
    change.touch("agents");
  });
}

async function gatewayOf({ db }: Change, by: Caller, id: Id<"gateway">): Promise<GatewayRow> {
  requireInstallation(by);
  await requireNotLocked(db, by, null);
  const gateway = (await listGateways(db)).find((one) => one.id === id);
  if (!gateway) throw new GenkanError("not-found", `No gateway is ${id}.`);
  return gateway;
}
