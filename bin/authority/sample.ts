import { host } from "../../authority/caller.ts";
import { addDevice } from "../../authority/device.ts";
import { addPerson } from "../../authority/invitation.ts";
import { addSite } from "../../authority/site.ts";
import { addVendor } from "../../authority/vendor.ts";
import { GenkanError } from "../../protocol/error.ts";
import { sampleDevices, samplePeople, sampleSite, sampleVendor } from "../../sample/hospital.ts";
import { listAgents } from "../../store/agent.ts";
import type { Db } from "../../store/database.ts";
import { listDevices } from "../../store/device.ts";
import { listPeople } from "../../store/person.ts";
import { Scope } from "../../store/scope.ts";
import { listSites } from "../../store/site.ts";
import type { Store } from "../../store/store.ts";
import { listVendors } from "../../store/vendor.ts";
import { parseTarget } from "../address.ts";
import { contractYear } from "./contract-year.ts";

/**
 * Whether the sample is in the store, put there by a start that was cut short before it could note so. Throws `state-conflict`
 * where anything else is registered: a sample among real people and devices would be taken for real.
 */
export async function hasSample(db: Db): Promise<boolean> {
  const system = Scope.system();
  const [sites, vendors, people] = await Promise.all([
    listSites(db, system),
    listVendors(db, system),
    listPeople(db, system),
  ]);
  if (sites.length + vendors.length + people.length === 0) return false;
  const alike =
    sites.every(({ name }) => name === sampleSite.name) &&
    vendors.every(({ name }) => name === sampleVendor.name) &&
    samplePeople.every(({ login }) => people.some((one) => one.login === login)) &&
    people.length === samplePeople.length;
  if (alike) return true;
  throw new GenkanError("state-conflict", "The sample goes into an empty store alone, and this one is in use.");
}

/** The sample hospital and its people. Its devices follow when an agent has joined. */
export async function addSample(store: Store): Promise<void> {
  const at = new Date();
  const site = await addSite(store, sampleSite, at, host);
  const vendor = await addVendor(store, { ...sampleVendor, site }, at, host);
  for (const { of, ...person } of samplePeople)
    await addPerson(
      store,
      { ...person, site: of === "site" ? site : null, vendor: of === "vendor" ? vendor : null },
      at,
    );
}

/**
 * The sample devices, behind the first agent that joined: ids of those that were not there yet. `addresses` says where each
 * is. Throws `bad-request` before an agent has joined.
 */
export async function addSampleDevices(store: Store, addresses: string): Promise<string[]> {
  const system = Scope.system();
  const [agent] = await listAgents(store.db, system);
  const [vendor] = await listVendors(store.db, system);
  if (!agent || !vendor) throw new GenkanError("bad-request", "The sample's devices wait for its agent to join.");
  const known = (await listDevices(store.db, system)).map(({ name }) => name);
  const at = new Date();
  const added: string[] = [];
  for (const { key, name, model, service } of sampleDevices.filter((device) => !known.includes(device.name))) {
    const { address, port } = parseAddress(addresses, key);
    const of = { vendor: vendor.id, agent: agent.id, name, model };
    const device = { ...of, services: [{ ...service, address, port }], contract: contractYear(at) };
    added.push((await addDevice(store, device, at, host)).id);
  }
  return added;
}

function parseAddress(addresses: string, key: string): { address: string; port: number } {
  const found = addresses.split(",").find((part) => part.startsWith(`${key}=`));
  return parseTarget(found?.slice(key.length + 1) ?? "", `--addresses lacks ${key}=ADDRESS:PORT.`);
}
