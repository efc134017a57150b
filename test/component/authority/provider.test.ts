import { expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { addProvider, changeProvider, sealedFor, setProviderActive } from "../../../authority/provider.ts";
import { unseal } from "../../../crypto/at-rest.ts";
import { revealSecret } from "../../../crypto/secret.ts";
import type { ProviderAdd } from "../../../protocol/api/provider.ts";
import { limits } from "../../../protocol/limits.ts";
import { findProvider, listProviders } from "../../../store/provider.ts";
import { system } from "./ready.ts";
import { outcome, World } from "./world.ts";

const secret = "correct horse battery staple";
const said: ProviderAdd = {
  issuer: "https://id.example/realm",
  face: "staff",
  site: null,
  vendor: null,
  label: "Hospital account",
  clientId: "genkan",
  secret,
  mapping: [],
  twoFactors: { acr: [], amr: ["mfa"] },
  maxAgeSeconds: 3_600,
};

async function opened() {
  const world = await World.open();
  const at = new Date(world.clock);
  const add = (of: Partial<ProviderAdd> = {}, by: Parameters<typeof addProvider>[3] = host) =>
    addProvider(world.context, { ...said, ...of }, at, by);
  const find = async (id: Awaited<ReturnType<typeof add>>) => {
    const found = await findProvider(world.store.db, system, id);
    if (!found) throw new Error("there is no provider");
    return found;
  };
  return { world, at, add, find };
}

test("a provider is kept with its secret sealed for it alone, and its record says everything but the secret", async () => {
  const { world, add, find } = await opened();
  const id = await add();
  const other = await add({ label: "Another" });
  const { secretSealed } = await find(id);
  expect(revealSecret(unseal(world.context.keys.data, sealedFor(id), secretSealed))).toBe(secret);
  expect(() => unseal(world.context.keys.data, sealedFor(other), secretSealed)).toThrow();
  const told = (await world.audit()).filter(({ action }) => action === "provider.add");
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ subjects: { provider: id }, facts: { issuer: said.issuer, clientId: "genkan" } });
  expect(JSON.stringify(told)).not.toContain(secret);
});

test("a change says what was before, and keeps the secret unless another is given", async () => {
  const { world, at, add, find } = await opened();
  const id = await add();
  const { secretSealed } = await find(id);
  const { issuer: _issuer, face: _face, site: _site, vendor: _vendor, ...rest } = said;
  await changeProvider(world.context, id, { ...rest, label: "New", secret: null }, at, host);
  expect(await find(id)).toMatchObject({ label: "New", secretSealed });
  await changeProvider(world.context, id, { ...rest, secret: "another" }, at, host);
  expect(revealSecret(unseal(world.context.keys.data, sealedFor(id), (await find(id)).secretSealed))).toBe("another");
  const told = (await world.audit()).filter(({ action }) => action === "provider.change");
  expect(told.map(({ facts }) => facts)).toMatchObject([
    { label: "New", secretChanged: false, before: { label: said.label } },
    { label: said.label, secretChanged: true, before: { label: "New" } },
  ]);
});

test("a provider is turned off and on, each once in the log", async () => {
  const { world, at, add, find } = await opened();
  const id = await add();
  for (const active of [false, false, true]) {
    await setProviderActive(world.store, id, active, at, host);
    expect((await find(id)).active).toBe(active);
  }
  const told = (await world.audit()).map(({ action }) => action).filter((action) => action.startsWith("provider."));
  expect(told).toEqual(["provider.add", "provider.disable", "provider.enable"]);
});

test("whoever administers one site has its own providers, which map to that site alone", async () => {
  const { world, at, add, find } = await opened();
  const { siteA, siteB, vendorA } = world.ids;
  const by = await world.caller("administrator");
  const rule = (site: typeof siteA) => ({
    claim: "groups",
    value: "me",
    site,
    vendor: null,
    roles: ["officer" as const],
  });
  const id = await add({ site: siteA, mapping: [rule(siteA)] }, by);
  expect((await find(id)).mapping).toEqual([rule(siteA)]);
  expect(await outcome(add({}, by))).toBe("not-found");
  expect(await outcome(add({ site: siteB }, by))).toBe("not-found");
  expect(await outcome(add({ face: "portal", vendor: vendorA }, by))).toBe("not-found");
  expect(await outcome(add({ site: siteA, mapping: [rule(siteB)] }, by))).toBe("not-found");
  const foreign = await add({ label: "of all" });
  expect(await outcome(setProviderActive(world.store, foreign, false, at, by))).toBe("not-found");
  expect((await find(foreign)).active).toBe(true);
});

test("what no provider is, and a mapping beyond whom it signs in, is refused", async () => {
  const { world, add } = await opened();
  const { siteA, siteB, vendorA, vendorB } = world.ids;
  const rule = { claim: "groups", value: "me", site: siteA, vendor: null, roles: ["officer" as const] };
  const refused: Partial<ProviderAdd>[] = [
    { issuer: "http://id.example" },
    { issuer: "https://id.example:port" },
    { label: "" },
    { secret: "" },
    { secret: "a\nb" },
    { maxAgeSeconds: limits.providerAgeSeconds + 1 },
    { face: "portal", site: siteA },
    { vendor: vendorA },
    { site: siteA, vendor: vendorA },
    { mapping: [{ ...rule, site: null }] },
    { mapping: [{ ...rule, vendor: vendorA }] },
    { mapping: [{ ...rule, roles: [] }] },
    { mapping: [{ ...rule, roles: ["technician"] }] },
    { mapping: [{ ...rule, site: null, vendor: vendorA, roles: ["technician"] }] },
    { site: siteB, mapping: [rule] },
    { face: "portal", mapping: [rule] },
    { face: "portal", vendor: vendorB, mapping: [{ ...rule, site: null, vendor: vendorA, roles: ["technician"] }] },
  ];
  for (const wrong of refused) expect([wrong, await outcome(add(wrong))]).toEqual([wrong, "bad-request"]);
  expect(await listProviders(world.store.db, system)).toEqual([]);
});

test("an installation has a bounded number of them", async () => {
  const { world, add } = await opened();
  for (let made = 0; made < limits.providers; made++) await add({ label: `${made}` });
  expect(await outcome(add())).toBe("too-many");
  expect(await listProviders(world.store.db, system)).toHaveLength(limits.providers);
});
