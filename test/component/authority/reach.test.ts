import { describe, expect, test } from "vitest";
import { testReach } from "../../../authority/reach.ts";
import { viewServices } from "../../../authority/service-view.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { insertLock } from "../../../store/lock.ts";
import { ready } from "./ready.ts";
import { outcome } from "./world.ts";

async function scene() {
  const r = await ready();
  const administrator = await r.world.caller("administrator");
  const [pages, shell] = r.world.devices.own.services as [Id<"service">, Id<"service">];
  const seen = async () => {
    const services = await viewServices(r.world.context, administrator);
    return services.find(({ id }) => id === shell);
  };
  return { ...r, administrator, pages, shell, seen };
}

describe("a reach test", () => {
  test("is the agent's to make: what it found is kept, shown and logged", async () => {
    const { world, agent, administrator, shell, seen } = await scene();
    expect(await seen()).toMatchObject({ address: "10.1.2.3", port: 22, reach: null });
    for (const found of ["refused", "open"] as const) {
      agent.reach = found;
      expect(await testReach(world.context, administrator, shell)).toMatchObject({ service: shell, reach: found });
      expect((await seen())?.reach).toEqual({ found, at: world.at() });
    }
    expect(agent.reached).toHaveLength(2);
    expect(agent.reached[0]).toEqual({ target: { address: "10.1.2.3", port: 22 }, tls: null });
    const records = (await world.audit()).filter(({ action }) => action === "device.reach-test");
    expect(records.map(({ facts }) => facts)).toEqual([{ reach: "refused" }, { reach: "open" }]);
    expect(records[0]).toMatchObject({ actor: { id: administrator.person.id }, subjects: { service: shell } });
  });

  test("of another hospital's device is of none, and nothing is dialled", async () => {
    const { world, agent, administrator } = await scene();
    for (const id of [world.devices.elsewhere.services[0], "svc_nothing"] as Id<"service">[])
      expect(await outcome(testReach(world.context, administrator, id))).toBe("not-found");
    expect(agent.reached).toEqual([]);
  });

  test("waits until no session is open on the device", async () => {
    const { world, agent, administrator, pages, open } = await scene();
    await open();
    expect(await outcome(testReach(world.context, administrator, pages))).toBe("state-conflict");
    expect(agent.reached).toEqual([]);
  });

  test.each(["device", "agent", "site", "everything"] as const)("is not made under a lock of this %s", async (kind) => {
    const { world, agent, administrator, shell } = await scene();
    const { devices, ids, people } = world;
    const target = { device: devices.own.id, agent: ids.agentA, site: ids.siteA, everything: null }[kind];
    const row = {
      kind,
      target,
      site: ids.siteA,
      name: null,
      reason: "r",
      by: people.officer.id,
      at: new Date(world.clock),
    };
    await insertLock(world.store.db, row);
    expect(await outcome(testReach(world.context, administrator, shell))).toBe("denied locked");
    expect(agent.reached).toEqual([]);
  });

  test("says that the agent is away; what it last found stays, what it said of itself goes", async () => {
    const { world, agent, administrator, shell, seen } = await scene();
    const { agents } = world.context;
    await testReach(world.context, administrator, shell);
    await expect.poll(async () => (await seen())?.listed).toBe(true);
    expect(agents.reports.of(world.ids.agentA)).toMatchObject({ allowList: { state: "listed" } });
    agent.close();
    await expect.poll(() => agents.find(world.ids.agentA)).toBeNull();
    expect(await outcome(testReach(world.context, administrator, shell))).toBe("agent-unavailable");
    expect(await seen()).toMatchObject({ listed: null, reach: { found: "open" }, agent: { connected: false } });
    expect(agents.reports.of(world.ids.agentA)).toBeNull();
  });

  test("the page knows which services the agent's list lacks", async () => {
    const { world, administrator, heard } = await scene();
    await heard();
    const listed = async () =>
      (await viewServices(world.context, administrator)).filter(({ device }) => device.id === world.devices.own.id);
    await expect
      .poll(async () => (await listed()).map(({ port, listed }) => [port, listed]))
      .toEqual([
        [80, false],
        [22, true],
      ]);
  });
});
