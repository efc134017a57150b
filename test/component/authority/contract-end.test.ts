import { expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { endContract } from "../../../authority/contract.ts";
import { ready } from "./ready.ts";
import { minute, outcome } from "./world.ts";

test("a contract that is ended now ends its sessions at the next round", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  const at = new Date(world.clock);
  const of = { vendor: world.ids.vendorA, device: world.devices.own.id, ends: at };
  expect(await endContract(world.store, of, at, host)).toBe(1);
  expect(await outcome(open())).toBe("denied contract-missing");
  await world.leases.round();
  expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
  expect(await outcome(endContract(world.store, of, at, host))).toBe("not-found");
  expect((await world.audit()).filter(({ action }) => action === "contract.end")).toMatchObject([
    {
      actor: { kind: "host" },
      site: world.ids.siteA,
      vendor: world.ids.vendorA,
      subjects: { vendor: world.ids.vendorA, device: world.devices.own.id },
      facts: { ends: world.at(), contracts: 1 },
    },
  ]);
});

test("a contract that is ended at a later time lets sessions run until then", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  const at = new Date(world.clock);
  const ends = new Date(world.clock + 10 * minute);
  await endContract(world.store, { vendor: world.ids.vendorA, device: world.devices.own.id, ends }, at, host);
  await world.leases.round();
  expect(await row(session)).toMatchObject({ state: "admitted" });
  world.clock = ends.getTime();
  await world.leases.round();
  expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
});

test("a vendor's contract for another's device is none to end", async () => {
  const { world, open } = await ready();
  const at = new Date(world.clock);
  const of = { vendor: world.ids.vendorB, device: world.devices.own.id, ends: at };
  expect(await outcome(endContract(world.store, of, at, host))).toBe("not-found");
  expect(await outcome(open())).toBe("done");
});
