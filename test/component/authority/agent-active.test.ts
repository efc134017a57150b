import { expect, test } from "vitest";
import { joinToken, setAgentOn } from "../../../authority/agent.ts";
import { host } from "../../../authority/caller.ts";
import { createSealKey } from "../../../crypto/seal-key.ts";
import { AgentEnd, nothing } from "./parts.ts";
import { ready } from "./ready.ts";
import { outcome } from "./world.ts";

test("an agent that is disabled loses its sessions and its link, and is refused until it is enabled", async () => {
  const { world, agent, open, row } = await ready();
  const { store, ids, leases } = world;
  const { session } = await open();
  await setAgentOn(store, ids.agentA, false, new Date(world.clock), host);
  // Before any round: what is decided now is decided on what is kept now.
  expect(await outcome(open())).toBe("denied agent-disabled");
  await leases.round();
  expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
  await agent.link.closed;
  expect(agent.cuts).toEqual([{ session, reason: "fact-changed" }]);

  const again = await AgentEnd.connect(world, "agentA");
  expect(await outcome(again.hello(world))).toBe("join-refused");
  const token = await joinToken(store, ids.siteA, new Date(world.clock), host);
  const sealKey = createSealKey().publicKey;
  expect(await outcome(again.link.request("join", { token, name: "again", sealKey }))).toBe("join-refused");

  await setAgentOn(store, ids.agentA, true, new Date(world.clock), host);
  const back = await AgentEnd.connect(world, "agentA");
  await back.hello(world);
  expect(await outcome(open())).toBe("done");
  const records = (await world.audit()).filter(({ action }) => /^agent\.(disable|enable)$/.test(action));
  expect(records).toMatchObject(
    ["agent.disable", "agent.enable"].map((action) => ({
      action,
      actor: { kind: "host" },
      site: ids.siteA,
      subjects: { agent: ids.agentA },
    })),
  );
});

test("an agent that nobody knows is not disabled, and disabling it twice is one record", async () => {
  const { world } = await ready();
  const at = new Date(world.clock);
  expect(await outcome(setAgentOn(world.store, nothing("agent"), false, at, host))).toBe("not-found");
  for (let i = 0; i < 2; i++) await setAgentOn(world.store, world.ids.agentB, false, at, host);
  expect((await world.audit()).filter(({ action }) => action === "agent.disable")).toHaveLength(1);
});
