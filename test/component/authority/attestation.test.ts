import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { ask } from "../../../authority/ask.ts";
import { attest, suspendUnattested } from "../../../authority/attestation.ts";
import { invite } from "../../../authority/invitation.ts";
import { limits } from "../../../protocol/limits.ts";
import { writeAttestationInterval } from "../../../store/attestation.ts";
import { asked, wish } from "./parts.ts";
import { ready } from "./ready.ts";
import { hour, outcome, World } from "./world.ts";

const now = (world: World) => new Date(world.clock);

test("whom the vendor does not confirm in time is cut at that instant, told by nobody, and asks again once confirmed (D25)", async () => {
  const { world, technician, open, row } = await ready();
  await world.store.change(({ db }) => writeAttestationInterval(db, hour / 2));
  const { session } = await open();
  world.clock += hour / 2;
  await world.leases.round();
  expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
  const again = async () => {
    const caller = await world.caller("technician");
    return ask(world.context, caller, await wish(world, caller, { windows: [world.window(hour, 2 * hour)] }));
  };
  expect(await outcome(again())).toBe("denied attestation-missing");
  for (let i = 0; i < 2; i++) await suspendUnattested(world.store, now(world));
  const records = (await world.audit()).filter(({ action }) => action === "person.suspend");
  expect(
    records.filter(({ subjects }) => (subjects as { person: string }).person === technician.person.id),
  ).toMatchObject([{ actor: { kind: "system" }, reasons: ["attestation-missing"] }]);
  const chief = await world.caller("chief");
  const { people } = await attest(world.store, chief, [technician.person.id], now(world));
  const confirmed = people.find(({ person }) => person.id === technician.person.id);
  expect(confirmed).toMatchObject({ until: world.at(hour / 2), suspendedAt: null });
  expect(await outcome(again())).toBe("done");
});

test("a vendor confirms its own people, and nobody else's", async () => {
  const world = await World.open();
  const { technician, rival } = world.people;
  const at = now(world);
  expect(await outcome(attest(world.store, await world.caller("chief"), [rival.id], at))).toBe("not-found");
  expect(await outcome(attest(world.store, await world.caller("officer"), [technician.id], at))).toBe("not-found");
});

test("without a word of anybody's it counts for a quarter", async () => {
  const world = await World.open();
  world.clock += limits.attestationMs - 1;
  expect(await outcome(asked(world, await world.caller("technician")))).not.toContain("attestation-missing");
  world.clock += 1;
  expect(await outcome(asked(world, await world.caller("technician")))).toContain("attestation-missing");
});

test("a vendor invites at the mail domains that the hospital registered of it alone", async () => {
  const world = await World.open();
  const chief = await world.caller("chief");
  const of = { site: null, vendor: world.ids.vendorA, until: null } as const;
  const invites = (login: string) =>
    outcome(invite(world.context, { name: "New", login, roles: ["technician"], ...of }, now(world), chief));
  for (const login of ["new", "new@evil.example", "new@example.org.evil.example", "a@b@example.org", "@example.org"])
    expect([login, await invites(login)]).toEqual([login, "bad-request"]);
  expect(await invites("new@EXAMPLE.org")).toBe("done");
});

test("whom nobody confirmed is looked for in as many questions of the store, however many people there are", async () => {
  const world = await World.open();
  const asked = async () => {
    let queries = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => {
        queries++;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    await suspendUnattested({ ...world.store, db: world.store.db.withPlugin(counting) }, now(world));
    return queries;
  };
  const before = await asked();
  expect(before).toBeGreaterThan(0);
  const owner = await world.caller("owner");
  const of = { site: null, vendor: world.ids.vendorA, until: null, roles: ["technician"] } as const;
  for (const name of ["one", "two", "three"])
    await invite(
      world.context,
      { name, login: `${name}@example.org`, ...of, roles: ["technician"] },
      now(world),
      owner,
    );
  expect(await asked()).toBe(before);
});
