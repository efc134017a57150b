import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { addContract, changeContract } from "../../../authority/contract.ts";
import { addDevice, changeDevice, saidOf, setDeviceOn } from "../../../authority/device.ts";
import { revoke } from "../../../authority/revoke.ts";
import { addService, changeService, setServiceOn } from "../../../authority/service.ts";
import { addVendor } from "../../../authority/vendor.ts";
import { newId } from "../../../crypto/random.ts";
import type { DeviceSaid } from "../../../protocol/api/device-record.ts";
import { findDeviceRecord } from "../../../store/device-record.ts";
import { asked } from "./parts.ts";
import { ready, system } from "./ready.ts";
import { hour, outcome, World } from "./world.ts";

async function recordOf({ store }: World, id: World["devices"]["own"]["id"]) {
  const device = await findDeviceRecord(store.db, system, id);
  if (!device) throw new Error("no device");
  return device;
}

describe("a device", () => {
  test("that is disabled is asked for and used by nobody until it is enabled", async () => {
    const r = await ready();
    const { world, open, row, technician } = r;
    const { id } = world.devices.own;
    const { session } = await open();
    const administrator = await world.caller("administrator");
    await setDeviceOn(world.store, administrator, id, false, new Date(world.clock));
    expect(await outcome(open())).toBe("denied device-disabled");
    expect(await outcome(asked(world, technician, world.window(hour, 2 * hour)))).toBe("denied device-disabled");
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
    await setDeviceOn(world.store, administrator, id, true, new Date(world.clock));
    expect(await outcome(open())).toBe("done");
    const records = (await world.audit()).filter(({ action }) => /^device\.(disable|enable)$/.test(action));
    const { id: by, name } = administrator.person;
    expect(records).toMatchObject(
      ["device.disable", "device.enable"].map((action) => ({
        action,
        actor: { kind: "person", id: by, name },
        site: world.ids.siteA,
        subjects: { device: id },
      })),
    );
  });

  test("whose service is disabled loses the sessions to it, and is asked for without it", async () => {
    const { world, open, row, technician } = await ready();
    const [pages, shell] = world.devices.own.services;
    const { session } = await open();
    const at = new Date(world.clock);
    await setServiceOn(world.store, host, pages ?? "svc_", false, at);
    await world.leases.round();
    expect((await row(session))?.state).toBe("admitted");
    await setServiceOn(world.store, host, shell ?? "svc_", false, at);
    expect(await outcome(open())).toBe("denied device-disabled");
    await world.leases.round();
    expect((await row(session))?.state).toBe("ended");
    const wished = asked(world, technician, world.window(hour, 2 * hour));
    expect(await outcome(wished)).toMatch(/^denied services-unknown/);
  });

  test("goes nowhere else while a grant for it is open, nor do its services; its words may change", async () => {
    const { world, grant } = await ready();
    const { id, services } = world.devices.own;
    const at = new Date(world.clock);
    const said = saidOf(await recordOf(world, id));
    const change = (to: Partial<DeviceSaid>) => outcome(changeDevice(world.store, host, id, { ...said, ...to }, at));
    const port = { name: "pages", protocol: "http", address: "10.1.2.3", port: 80 } as const;
    const service = (to: object) =>
      outcome(changeService(world.store, host, services[0] ?? "svc_", { ...port, ...to }, at));
    expect(await change({ vendor: world.ids.vendorB })).toBe("state-conflict");
    expect(await service({ address: "10.1.2.4" })).toBe("state-conflict");
    expect(await service({ port: 8_080 })).toBe("state-conflict");
    expect(await service({ protocol: "https", tls: ["self-signed"] })).toBe("state-conflict");
    expect(await change({ agent: world.ids.agentB })).toBe("bad-request");
    expect(await change({ name: "MRI 2", tags: ["3F"], owner: "CE", location: "3F", notes: "a\nb" })).toBe("done");
    expect(await service({ name: "screens" })).toBe("done");
    await revoke(world.context, await world.caller("officer"), grant.id, "r");
    expect(await change({ vendor: world.ids.vendorB })).toBe("done");
    expect(await service({ address: "10.1.2.4" })).toBe("done");
    expect(await recordOf(world, id)).toMatchObject({
      vendor: { id: world.ids.vendorB },
      services: [{ name: "pages", address: "10.1.2.4" }, { name: "shell" }],
    });
  });

  test("is added by an administrator of its agent's site alone, with names that can be read", async () => {
    const world = await World.open();
    const at = new Date(world.clock);
    const administrator = await world.caller("administrator");
    const stranger = await addVendor(
      world.store,
      { name: "Vendor C", contact: null, mailDomains: [], site: null },
      at,
      host,
    );
    const said = { name: "CT", vendor: world.ids.vendorA, agent: world.ids.agentA, services: [], contract: null };
    const add = (to: object) => outcome(addDevice(world.store, { ...said, ...to }, at, administrator));
    expect(await add({ agent: world.ids.agentB })).toBe("not-found");
    expect(await add({ agent: newId("agent") })).toBe("not-found");
    expect(await add({ vendor: stranger })).toBe("not-found");
    expect(await add({ name: "" })).toBe("bad-request");
    expect(await add({})).toBe("done");
    const ssh = { name: "shell", protocol: "ssh", address: "10.0.0.1", port: 22, tls: ["old-tls"] } as const;
    const added = addService(world.store, administrator, world.devices.own.id, { ...ssh, tls: [...ssh.tls] }, at);
    expect(await outcome(added)).toBe("bad-request");
  });

  test.each(["10.0.0", "10.0.0.256", "010.0.0.1", "1", "::1::", "fd00:", "10.0.0.5.example"])(
    "has no service at %s, which is the address of nothing",
    async (address) => {
      const world = await World.open();
      const administrator = await world.caller("administrator");
      const at = new Date(world.clock);
      const { id, services } = world.devices.own;
      const port = { name: "pages", protocol: "http", port: 80 } as const;
      const add = (to: string) =>
        outcome(addService(world.store, administrator, id, { ...port, name: "more", address: to }, at));
      const change = (to: string) =>
        outcome(changeService(world.store, administrator, services[0] ?? "svc_", { ...port, address: to }, at));
      expect([await add(address), await change(address)]).toEqual(["bad-request", "bad-request"]);
      expect([await add("10.0.0.5"), await change("fd00::5")]).toEqual(["done", "done"]);
    },
  );
});

describe("a contract", () => {
  test("that an administrator ends cuts at once, and one more lets in again", async () => {
    const { world, open, row } = await ready();
    const at = new Date(world.clock);
    const administrator = await world.caller("administrator");
    const { session } = await open();
    const id = await world.contract("own");
    const device = world.devices.own.id;
    await changeContract(world.store, administrator, id, "end-now", at);
    expect(await outcome(open())).toBe("denied contract-missing");
    await world.leases.round();
    expect((await row(session))?.state).toBe("ended");
    const term = { starts: new Date(world.clock - hour), ends: new Date(world.clock + 2 * hour) };
    await addContract(world.store, administrator, { device, vendor: world.ids.vendorA, ...term }, at);
    expect(await outcome(open())).toBe("done");
    expect((await recordOf(world, device)).contracts).toHaveLength(2);
  });

  test("ends after it has begun, and is nobody's to change at another site", async () => {
    const world = await World.open();
    const at = new Date(world.clock);
    const term = { starts: at, ends: at };
    const administrator = await world.caller("administrator");
    const of = { device: world.devices.own.id, vendor: world.ids.vendorA };
    expect(await outcome(addContract(world.store, administrator, { ...of, ...term }, at))).toBe("bad-request");
    expect(await outcome(changeContract(world.store, host, await world.contract("own"), term, at))).toBe("bad-request");
    const elsewhere = await world.contract("elsewhere");
    expect(await outcome(changeContract(world.store, administrator, elsewhere, "end-now", at))).toBe("not-found");
  });
});
