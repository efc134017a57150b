import { expect, test } from "vitest";
import { ask } from "../../../authority/ask.ts";
import { confirmErased } from "../../../authority/erasure.ts";
import { offboardingCounts, offboardVendor } from "../../../authority/offboarding.ts";
import { addVendor, changeVendor, enableVendor } from "../../../authority/vendor.ts";
import { listRequests } from "../../../store/request.ts";
import { asked, wish } from "./parts.ts";
import { ready, system } from "./ready.ts";
import { hour, outcome, World } from "./world.ts";

const said = { reason: "contract over", what: "copies of logs", due: "2026-04-01" };

test("ends what a vendor has at a site in one act, cuts it at once, and leaves what it has elsewhere (D27)", async () => {
  const { world, agent, grant, open, row, heard } = await ready();
  const { session } = await open();
  const waiting = await asked(world, await world.caller("technician"), world.window(hour, 2 * hour));
  const caller = await world.caller("administrator");
  const { siteA: site } = world.ids;
  const counts = await offboardingCounts(world.context, caller, world.ids.vendorA, site);
  expect(counts).toEqual({ contracts: 1, consents: 0, requests: 1, grants: 1, sessions: 1, people: 0 });
  const file = await offboardVendor(world.context, caller, world.ids.vendorA, { site, ...said });
  await heard();
  expect(await row(session)).toMatchObject({ state: "ended", reason: "revoked", endedBy: { id: caller.person.id } });
  expect(agent.cuts).toContainEqual({ session, reason: "revoked" });
  expect((await listRequests(world.store.db, system, new Date(world.clock), waiting.id))[0]?.state).toBe("withdrawn");
  expect(await outcome(open(await world.caller("technician"), { grant: grant.id }))).toContain("contract-missing");
  expect(file).toMatchObject({ active: true, erasures: [{ what: said.what, due: said.due, confirmedAt: null }] });
  const actions = (await world.audit()).map(({ action }) => action);
  for (const action of ["contract.end", "request.withdraw", "grant.revoke", "vendor.offboard", "session.end"])
    expect(actions).toContain(action);
  const left = await offboardingCounts(world.context, caller, world.ids.vendorA, site);
  expect(Object.values(left).every((count) => count === 0)).toBe(true);
});

test("everywhere is for whoever runs the installation: its people are signed out, and are nobody until they are added anew", async () => {
  const world = await World.open();
  const rival = await world.caller("rival");
  const { vendorB } = world.ids;
  for (const name of ["administrator", "foreignOfficer"] as const)
    expect(
      await outcome(offboardVendor(world.context, await world.caller(name), vendorB, { site: null, ...said })),
    ).toBe("not-found");
  const owner = await world.caller("owner");
  const { people } = await offboardingCounts(world.context, owner, vendorB, null);
  expect(people).toBe(2);
  await offboardVendor(world.context, owner, vendorB, { site: null, ...said });
  const device = { id: world.devices.elsewhere.id, name: "Scanner" };
  const wished = await wish(world, rival, { device, ids: world.devices.elsewhere.services });
  expect(await outcome(ask(world.context, rival, wished))).not.toBe("done");
  const signIns = await world.store.db
    .selectFrom("sign_in")
    .selectAll()
    .where("person", "=", rival.person.id)
    .execute();
  expect(signIns.length > 0 && signIns.every(({ ended_at }) => ended_at !== null)).toBe(true);
  expect((await enableVendor(world.store, owner, vendorB, new Date(world.clock))).active).toBe(true);
});

test("an erasure is confirmed once, by the site that asked for it", async () => {
  const world = await World.open();
  const caller = await world.caller("administrator");
  const { siteA: site, vendorB } = world.ids;
  const { erasures } = await offboardVendor(world.context, caller, vendorB, { site, ...said });
  const id = erasures[0]?.id ?? "era_none";
  const at = new Date(world.clock);
  const confirm = async (name: "administrator" | "foreignOfficer") =>
    outcome(confirmErased(world.store, await world.caller(name), id, "C-17", at));
  expect(await confirm("foreignOfficer")).toBe("not-found");
  expect(await confirm("administrator")).toBe("done");
  expect(await confirm("administrator")).toBe("state-conflict");
});

test("a vendor of two hospitals is renamed by whoever runs the installation alone", async () => {
  const world = await World.open();
  const at = new Date(world.clock);
  const anew = { name: "Vendor", contact: null, mailDomains: ["b.example"] };
  const change = async (name: "administrator" | "owner", id: typeof world.ids.vendorA) =>
    outcome(changeVendor(world.store, await world.caller(name), id, anew, at));
  expect(await change("administrator", world.ids.vendorB)).toBe("denied");
  expect(await change("administrator", world.ids.vendorA)).toBe("done");
  expect(await change("owner", world.ids.vendorB)).toBe("done");
  const add = async (name: "administrator" | "owner", site: typeof world.ids.siteA | null) =>
    outcome(addVendor(world.store, { ...anew, site }, at, await world.caller(name)));
  expect([await add("administrator", null), await add("administrator", world.ids.siteB)]).toEqual([
    "not-found",
    "not-found",
  ]);
  expect([await add("administrator", world.ids.siteA), await add("owner", null)]).toEqual(["done", "done"]);
});
