import { expect, test } from "vitest";
import { joinCommand, renameAgent } from "../../../authority/agent.ts";
import { host } from "../../../authority/caller.ts";
import { addGateway } from "../../../authority/gateway.ts";
import { changeRetention, changeRules } from "../../../authority/site-rules.ts";
import { viewTrust } from "../../../authority/trust.ts";
import { findAgent } from "../../../store/agent.ts";
import { listRetention } from "../../../store/retention.ts";
import { asPin } from "../../brand.ts";
import { system } from "./ready.ts";
import { outcome, World } from "./world.ts";

const yes = (persons: number) => [{ roles: ["approver" as const], persons }];

test("other rules of a site are proposed, never in force by an administrator's word alone", async () => {
  const world = await World.open();
  const at = new Date(world.clock);
  const administrator = await world.caller("administrator");
  for (const name of ["approver", "secondApprover"] as const) await world.enrol(name);
  const rules = { normal: yes(2), emergency: yes(1) };
  const { siteA: site, siteB } = world.ids;
  expect(await outcome(changeRules(world.store, administrator, { site: siteB, rules }, at))).toBe("not-found");
  const never = { ...rules, normal: yes(3) };
  expect(await outcome(changeRules(world.store, administrator, { site, rules: never }, at))).toBe("trust-refused");
  await changeRules(world.store, administrator, { site, rules }, at);
  const view = await viewTrust(world.store.db, system, site);
  expect([view?.current?.rules.normal, view?.proposed?.rules]).toEqual([yes(1), rules]);
  const asked = (await world.audit()).filter(({ action }) => action === "trust.rules");
  expect(asked).toMatchObject([{ actor: { kind: "person", id: administrator.person.id }, site, facts: { rules } }]);
});

test("how long a site keeps what is its administrator's to say, with what it was before", async () => {
  const world = await World.open();
  const at = new Date(world.clock);
  const administrator = await world.caller("administrator");
  const { siteA: site, siteB } = world.ids;
  const say = (days: object) =>
    outcome(changeRetention(world.store, administrator, { site, recordingDays: 90, logDays: null, ...days }, at));
  expect(await say({ site: siteB })).toBe("not-found");
  expect(await say({})).toBe("done");
  expect(await say({ recordingDays: 180 })).toBe("done");
  expect(await listRetention(world.store.db, administrator.scope)).toMatchObject([
    { recordingDays: 180, logDays: null },
  ]);
  const [, last] = (await world.audit()).filter(({ action }) => action === "retention.set");
  expect(last).toMatchObject({ facts: { recordingDays: 180, before: { recordingDays: 90, logDays: null } } });
});

test("an agent is named, and a token made for one more, by an administrator of its site alone", async () => {
  const world = await World.open();
  const at = new Date(world.clock);
  const administrator = await world.caller("administrator");
  const { agentA, agentB, siteA, siteB } = world.ids;
  expect(await outcome(renameAgent(world.store, administrator, agentB, "x", at))).toBe("not-found");
  await renameAgent(world.store, administrator, agentA, "3F", at);
  expect((await findAgent(world.store.db, system, agentA))?.name).toBe("3F");
  expect(await outcome(joinCommand(world.context, siteA, at, administrator))).toBe("state-conflict");
  await addGateway(
    world.store,
    { name: "g", host: "gateway.example", port: 443, key: asPin("A".repeat(43)) },
    at,
    host,
  );
  expect(await outcome(joinCommand(world.context, siteB, at, administrator))).toBe("not-found");
  const { token, command } = await joinCommand(world.context, siteA, at, administrator);
  expect(command).toContain(`--gateway gateway.example:443 --gateway-key SHA256:${"A".repeat(43)}`);
  expect(JSON.stringify(await world.audit())).not.toContain(token);
});
