import { expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { addIdentity, type IdentityOf, removeIdentity } from "../../../authority/identity.ts";
import { findIdentity, listIdentities } from "../../../store/identity.ts";
import { findSignInById } from "../../../store/sign-in.ts";
import { system } from "./ready.ts";
import { outcome, World } from "./world.ts";

const provider = { issuer: "https://id.example/realm", subject: "a1b2" } as const;

test("whom a provider means is said on the host, once, and stands in the log of each of their places", async () => {
  const world = await World.open();
  const { login, id: person } = world.people.shared;
  const at = new Date(world.clock);
  const add = (of: Partial<IdentityOf> = {}) => addIdentity(world.store, { login, ...provider, ...of }, at, host);
  const identity = await add();
  expect(await add()).toBe(identity);
  expect(await outcome(add({ login: world.people.officer.login }))).toBe("state-conflict");
  expect(await outcome(add({ login: "nobody" }))).toBe("not-found");
  expect(await listIdentities(world.store.db, system, person)).toEqual([{ id: identity, person, ...provider }]);
  const { siteA, siteB } = world.ids;
  const told = (await world.audit()).filter(({ action }) => action === "identity.add");
  expect(new Set(told.map(({ site }) => site))).toEqual(new Set([siteA, siteB]));
  for (const record of told)
    expect(record).toMatchObject({ actor: { kind: "host" }, subjects: { person, identity }, facts: provider });
});

test("what is taken back means nobody, signs its person out, and may be said of somebody else", async () => {
  const world = await World.open();
  const { login, id: person } = world.people.approver;
  const at = new Date(world.clock);
  const { caller } = await world.signIn("approver");
  const identity = await addIdentity(world.store, { login, ...provider }, at, host);
  const remove = (of: Partial<IdentityOf> = {}) => removeIdentity(world.store, { login, ...provider, ...of }, at, host);
  expect(await outcome(remove({ login: world.people.officer.login }))).toBe("not-found");
  expect(await outcome(remove({ subject: "A1B2" }))).toBe("not-found");
  await remove();
  expect(await findIdentity(world.store.db, system, provider)).toBeNull();
  expect((await findSignInById(world.store.db, caller.signIn.id))?.ended_at).toBe(world.at());
  expect((await world.audit()).at(-1)).toMatchObject({ action: "identity.remove", subjects: { person, identity } });
  expect(await outcome(remove())).toBe("not-found");
  const other = { login: world.people.officer.login, ...provider };
  expect(await outcome(addIdentity(world.store, other, at, host))).toBe("done");
});

test.each([
  { issuer: "http://id.example" },
  { issuer: "https://id.example?tenant=1" },
  { issuer: "https://user@id.example" },
  { issuer: "https://" },
  { issuer: "https://id.example:port" },
  { issuer: "https://id.example\n" },
  { subject: "" },
  { subject: "a\u202eb" },
  { subject: "a b" },
  { subject: "x".repeat(256) },
])("what no provider names so is refused: %o", async (wrong) => {
  const world = await World.open();
  const of = { login: world.people.approver.login, ...provider, ...wrong };
  expect(await outcome(addIdentity(world.store, of, new Date(world.clock), host))).toBe("bad-request");
});

test("the database itself lets nobody become somebody else in place", async () => {
  const world = await World.open();
  const { people, store } = world;
  await addIdentity(store, { login: people.approver.login, ...provider }, new Date(world.clock), host);
  const rewritten = store.db.updateTable("identity").set({ person: people.officer.id } as never);
  await expect(rewritten.execute()).rejects.toThrow();
  expect((await findIdentity(store.db, system, provider))?.person).toBe(people.approver.id);
});
