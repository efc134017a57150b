import { addDevice, addPerson, addSite, addVendor } from "../../authority/register.ts";
import { sampleDevices, samplePeople, sampleSite, sampleVendor } from "../../sample/register.ts";
import { readSetting, writeSetting } from "../../store/setting.ts";
import type { Store } from "../../store/store.ts";
import { parseTarget } from "../address.ts";
import { contractYear } from "./contract-year.ts";

const waiting = "sample-devices";

/** The sample hospital and its people, once. Its devices follow when an agent has joined: a device needs one. */
export async function addSample(store: Store, addresses: string): Promise<void> {
  if (await store.db.selectFrom("site").select("id").executeTakeFirst()) return;
  const at = new Date();
  const site = await addSite(store, sampleSite, at);
  const vendor = await addVendor(store, sampleVendor, at);
  for (const { of, ...person } of samplePeople)
    await addPerson(
      store,
      { ...person, site: of === "site" ? site : null, vendor: of === "vendor" ? vendor : null },
      at,
    );
  await writeSetting(store.db, waiting, addresses);
}

/** Registers the sample devices behind the first agent that connects. */
export async function addSampleDevices(store: Store, agent: string): Promise<void> {
  const addresses = await readSetting(store.db, waiting);
  if (!addresses) return;
  const at = new Date();
  const site = await store.db.selectFrom("site").select("id").executeTakeFirstOrThrow();
  const vendor = await store.db.selectFrom("vendor").select("id").executeTakeFirstOrThrow();
  for (const { key, name, model, service } of sampleDevices) {
    const { address, port } = parseAddress(addresses, key);
    await addDevice(
      store,
      {
        site: site.id,
        vendor: vendor.id,
        agent,
        name,
        model,
        services: [{ ...service, address, port }],
        contract: contractYear(at),
      },
      at,
    );
  }
  await writeSetting(store.db, waiting, "");
}

function parseAddress(addresses: string, key: string): { address: string; port: number } {
  const found = addresses.split(",").find((part) => part.startsWith(`${key}=`));
  return parseTarget(found?.slice(key.length + 1) ?? "", `--sample-addresses lacks ${key}=ADDRESS:PORT.`);
}
