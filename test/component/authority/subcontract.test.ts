import { expect, test } from "vitest";
import { admit } from "../../../authority/admission.ts";
import { ask } from "../../../authority/ask.ts";
import { consentTo } from "../../../authority/subcontract.ts";
import { approved, wish } from "./parts.ts";
import { clientKey, ready } from "./ready.ts";
import { hour, outcome, World } from "./world.ts";

const on = (world: World) => ({ device: { id: world.devices.own.id, name: "MRI" }, ids: world.devices.own.services });

async function asks(world: World) {
  const rival = await world.caller("rival");
  return ask(world.context, rival, await wish(world, rival, on(world)));
}

const consents = async (world: World, consent: { from: string; until: string } | null) =>
  consentTo(
    world.store,
    await world.caller("administrator"),
    world.ids.vendorA,
    { site: world.ids.siteA, subcontractor: world.ids.vendorB, consent, note: null },
    new Date(world.clock),
  );

test("a company sees another's device once it is named its subcontractor, and asks with a consent in date alone (D26)", async () => {
  const world = await World.open();
  expect(await outcome(asks(world))).toBe("not-found");
  await consents(world, null);
  expect(await outcome(asks(world))).toBe("denied consent-missing");
  await consents(world, { from: world.at(-2 * hour), until: world.at(-hour) });
  expect(await outcome(asks(world))).toBe("denied consent-missing");
  await consents(world, { from: world.at(), until: world.at(2 * hour) });
  expect(await outcome(asks(world))).toBe("done");
});

test("what a consent allowed ends with it: its session at that instant, told by nobody; a grant opens nothing after it", async () => {
  const { world, open, row } = await ready();
  await consents(world, { from: world.at(), until: world.at(2 * hour) });
  const { id, windows } = await asks(world);
  const grant = await approved(world, "approver", id, windows);
  const rival = await world.caller("rival");
  const { session } = await open(rival, { grant: grant.id });
  await consents(world, { from: world.at(), until: world.at(60_000) });
  await world.leases.round();
  expect((await row(session))?.state).not.toBe("ended");
  world.clock += 60_000;
  await world.leases.round();
  expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
  const service = world.devices.own.services[1] ?? "svc_none";
  const native = { grant: grant.id, service, client: "native", clientKey } as const;
  expect(await outcome(admit(world.context, await world.caller("rival"), native))).toBe("denied consent-missing");
});

test("a company is told of no other device of that vendor's, nor of one at another site", async () => {
  const world = await World.open();
  await consents(world, { from: world.at(), until: world.at(hour) });
  const chief = await world.caller("chief");
  // The vendor itself is none the wiser: what its subcontractor maintains is not its own.
  expect(await outcome(ask(world.context, chief, await wish(world, await world.caller("rival"), on(world))))).not.toBe(
    "done",
  );
  const foreign = await world.caller("foreignApprover");
  const said = { site: world.ids.siteA, subcontractor: world.ids.vendorB, consent: null, note: null };
  const at = new Date(world.clock);
  expect(await outcome(consentTo(world.store, foreign, world.ids.vendorA, said, at))).toBe("not-found");
});
