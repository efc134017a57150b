import { expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { viewChecklist } from "../../../authority/checklist.ts";
import { addGateway } from "../../../authority/gateway.ts";
import { testReach } from "../../../authority/reach.ts";
import { asPin } from "../../brand.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { ready, system } from "./ready.ts";
import { World } from "./world.ts";

test("an empty installation has everything to do, and says of each step why", async () => {
  const world = await World.open({ empty: true });
  const { done, steps } = await viewChecklist(world.context, { scope: system });
  expect(done).toBe(false);
  expect(Object.fromEntries(steps.map(({ step, why }) => [step, why]))).toEqual({
    site: "site-missing",
    gateway: "gateway-missing",
    // Under names of this machine alone there is none.
    certificates: null,
    approver: "approver-missing",
    agent: "agent-missing",
    trust: "trust-not-accepted",
    vendor: "vendor-missing",
    device: "device-missing",
    rehearsal: "session-missing",
    backup: "backup-missing",
  });
});

test("steps turn green by what happens, and back when it is no longer so", async () => {
  const { world, agent, open } = await ready();
  const administrator = await world.caller("administrator");
  const why = async (step: string) =>
    (await viewChecklist(world.context, administrator)).steps.find((one) => one.step === step)?.why;
  expect([await why("gateway"), await why("approver"), await why("agent"), await why("vendor")]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  const { db } = world.store;
  const away = { host: "gone.example", port: 443, key: asPin("A".repeat(43)) };
  const gone = await addGateway(world.store, { name: "gone", ...away }, new Date(world.clock), host);
  expect(await why("gateway")).toBe("gateway-away");
  // One that somebody has disabled is not waited for.
  await db.updateTable("gateway").set({ active: 0 }).where("id", "=", gone).execute();
  expect(await why("gateway")).toBeNull();
  expect(await why("device")).toBe("device-not-tested");
  agent.reach = "refused";
  const service = world.devices.own.services[1] ?? "svc_";
  await testReach(world.context, administrator, service);
  expect(await why("device")).toBe("device-not-reached");
  agent.reach = "open";
  await testReach(world.context, administrator, service);
  expect(await why("device")).toBeNull();

  const { session } = await open();
  await agent.link.request("session.begun", { session });
  const counts = { up: 1, down: 1, connections: 1 };
  await agent.link.request("session.ended", { session, reason: "window-closed", counts, at: world.at() });
  await world.sequencer.settle();
  expect(await why("rehearsal")).toBe("export-missing");
  const site = administrator.person.memberships[0]?.site?.id ?? null;
  const record = (action: string, days: number) =>
    world.store.change((change) =>
      change.audit(anyRecord({ at: new Date(world.clock - days * 86_400_000), action, site })),
    );
  await record("audit.export", 0);
  await record("store.backup", 9);
  await world.sequencer.settle();
  expect([await why("rehearsal"), await why("backup")]).toEqual([null, "backup-old"]);
  await record("store.backup", 1);
  await world.sequencer.settle();
  expect(await why("backup")).toBeNull();

  agent.close();
  await expect.poll(() => why("agent")).toBe("agent-away");
});
