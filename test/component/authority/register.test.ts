import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { addDevice } from "../../../authority/device.ts";
import { addGateway } from "../../../authority/gateway.ts";
import { addPerson } from "../../../authority/invitation.ts";
import { addSite } from "../../../authority/site.ts";
import { addVendor } from "../../../authority/vendor.ts";
import { parseStatement } from "../../../crypto/statement.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { Grant } from "../../../protocol/grant.ts";
import { limits } from "../../../protocol/limits.ts";
import { listGateways } from "../../../store/gateway.ts";
import { asPin } from "../../brand.ts";
import { approved, asked } from "./parts.ts";
import { hour, World } from "./world.ts";

const longest = "名".repeat(limits.nameCharacters);

const place = { host: "gateway.example", port: 443, key: asPin(sha256("key")) };

/** What may be registered, each with one name to try. */
const kinds: Record<string, (world: World, name: string) => Promise<unknown>> = {
  site: ({ store }, name) => addSite(store, { name, zone: "Asia/Tokyo", contact: null }, new Date(), host),
  vendor: ({ store }, name) => addVendor(store, { name, contact: null, mailDomains: [], site: null }, new Date(), host),
  person: ({ store, ids }, name) =>
    addPerson(store, { name, login: "new", roles: ["approver"], site: ids.siteA, vendor: null }, new Date()),
  login: ({ store, ids }, login) =>
    addPerson(store, { name: "New", login, roles: ["approver"], site: ids.siteA, vendor: null }, new Date()),
  gateway: ({ store }, name) => addGateway(store, { name, ...place }, new Date(), host),
  device: (world, name) => addNamed(world, name, "shell"),
  service: (world, name) => addNamed(world, "Device", name),
};

function addNamed({ store, ids, clock }: World, name: string, service: string) {
  const services = [{ name: service, protocol: "ssh" as const, address: "10.0.0.1", port: 22 }];
  const contract = { starts: new Date(clock - hour), ends: new Date(clock + 24 * hour) };
  const of = { vendor: ids.vendorA, agent: ids.agentA };
  return addDevice(store, { ...of, name, model: "", services, contract }, new Date(clock), host);
}

describe("a name that is registered", () => {
  test.each(Object.keys(kinds))("is refused when it is empty or longer than everybody reads: %s", async (kind) => {
    const world = await World.open();
    const add = kinds[kind] as (typeof kinds)[string];
    const kept = (await world.audit()).length;
    for (const name of ["", `${longest}名`])
      await expect(add(world, name)).rejects.toMatchObject({
        code: "bad-request",
        detail: expect.stringContaining(`The ${kind === "login" ? kind : `${kind}'s name`} has`),
      });
    expect(await world.audit()).toHaveLength(kept);
    await add(world, longest);
  });

  test("with the longest of everything is approved, and its grant can be read", async () => {
    const world = await World.open();
    await world.enrol("approver");
    world.devices.own = await addNamed(world, longest, longest);
    const { id, windows } = await asked(world, await world.caller("technician"));
    await approved(world, "approver", id, windows);
    const { bytes } = await world.store.db.selectFrom("grant").select("bytes").executeTakeFirstOrThrow();
    expect(parseStatement(Grant, Buffer.from(bytes, "base64url"), "grant-malformed").device.name).toBe(longest);
  });
});

describe("a gateway", () => {
  test("is one by its name, however many add it at once, and what changes nothing is not written down", async () => {
    const world = await World.open();
    const { store } = world;
    const add = (port = 443) => addGateway(store, { name: "g", ...place, port }, new Date(world.clock), host);
    const ids = await Promise.all([add(), add(), add(8_443), add(8_443)]);
    expect(new Set(ids).size).toBe(1);
    expect(await listGateways(store.db)).toEqual([{ id: ids[0], name: "g", ...place, port: 8_443, active: true }]);
    const records = (await world.audit()).filter(({ action }) => action === "gateway.add");
    expect(records.map(({ facts, subjects }) => ({ facts, subjects }))).toEqual([
      { facts: { name: "g", ...place, before: null }, subjects: { gateway: ids[0] } },
      { facts: { name: "g", ...place, port: 8_443, before: place }, subjects: { gateway: ids[0] } },
    ]);
  });
});
