import { Check } from "typebox/value";
import { newId, randomToken } from "../crypto/random.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import { hostActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { Name } from "../protocol/schema.ts";
import type { Service } from "../protocol/service.ts";
import { insertJoinToken } from "../store/agent.ts";
import { insertContract } from "../store/contract.ts";
import { insertDevice } from "../store/device.ts";
import { type GatewayRow, listGateways, putGateway } from "../store/gateway.ts";
import type { Store } from "../store/store.ts";

/**
 * Adds a gateway, or says where the one of this name is now. Whoever names its key decides which gateway the authority
 * dials and new agents pin, so each change is a record with what was there before.
 */
export async function addGateway(store: Store, row: Omit<GatewayRow, "id">, at: Date): Promise<Id<"gateway">> {
  requireName("gateway's name", row.name);
  return store.change(async (change) => {
    const known = (await listGateways(change.db)).find(({ name }) => name === row.name);
    const before = known ? { host: known.host, port: known.port, key: known.key } : null;
    if (known && known.host === row.host && known.port === row.port && known.key === row.key) return known.id;
    const id = await putGateway(change.db, row);
    await change.audit({
      at,
      action: "gateway.add",
      outcome: "done",
      actor: hostActor,
      subjects: { gateway: id },
      facts: { name: row.name, host: row.host, port: row.port, key: row.key, before },
    });
    change.touch("agents");
    return id;
  });
}

export interface DeviceInput {
  readonly site: Id<"site">;
  readonly vendor: Id<"vendor">;
  readonly agent: Id<"agent">;
  readonly name: string;
  readonly model: string;
  readonly services: readonly Omit<Service, "id">[];
  /** Null: no contract, so nobody may ask for it. */
  readonly contract: { starts: Date; ends: Date } | null;
}

export async function addDevice(
  store: Store,
  row: DeviceInput,
  at: Date,
): Promise<{ id: Id<"device">; services: Id<"service">[] }> {
  requireName("device's name", row.name);
  if (row.model !== "") requireName("device's model", row.model);
  for (const { name } of row.services) requireName("service's name", name);
  const id = newId("device");
  const services = row.services.map((service) => ({ id: newId("service"), ...service }));
  await store.change(async (change) => {
    const { site, vendor, agent, name, model, contract } = row;
    await insertDevice(change.db, { id, site, vendor, agent, name, model }, services);
    if (contract) await insertContract(change.db, { vendor, device: id, ...contract });
    await change.audit({
      at,
      action: "device.add",
      outcome: "done",
      actor: hostActor,
      site: row.site,
      vendor: row.vendor,
      subjects: { device: id, agent: row.agent },
      facts: { name: row.name, services: row.services },
    });
  });
  return { id, services: services.map((service) => service.id) };
}

/** Throws `bad-request` for a name that no statement could hold. */
export function requireName(what: string, name: string): void {
  const fits: boolean = Check(Name, name);
  if (!fits)
    throw new GenkanError(
      "bad-request",
      `The ${what} has 1 to ${limits.nameCharacters} characters that are seen: ${JSON.stringify(name)}`,
    );
}

/** A one-time token with which one agent joins a site. */
export async function joinToken(store: Store, site: Id<"site">, at: Date): Promise<string> {
  const token = randomToken();
  await store.change(async (change) => {
    await insertJoinToken(change.db, {
      tokenHash: sha256(token),
      site,
      expiresAt: new Date(at.getTime() + limits.joinTokenMs),
    });
    await change.audit({ at, action: "agent.token", outcome: "done", actor: hostActor, site, subjects: { site } });
  });
  return token;
}
