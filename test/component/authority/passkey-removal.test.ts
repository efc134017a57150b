import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import type { Context } from "../../../authority/context.ts";
import { removePasskey } from "../../../authority/passkey-removal.ts";
import { beginSignIn, signInByPasskey } from "../../../authority/sign-in.ts";
import { findPasskey, listAuthenticators } from "../../../store/authenticator.ts";
import { findSignInById } from "../../../store/sign-in.ts";
import { signTrust, trustSecond } from "./begun.ts";
import { assertionJson, nothing, trustOf } from "./parts.ts";
import { ready, system } from "./ready.ts";
import { type Name, outcome, World } from "./world.ts";

const idOf = async (world: World, name: Name) =>
  (await listAuthenticators(world.store.db, system, world.people[name].id))[0]?.id ?? nothing("authenticator");
const remove = async (world: World, name: Name, evenLast = false) => {
  const of = { login: world.people[name].login, id: await idOf(world, name), evenLast };
  return removePasskey(world.store, of, new Date(world.clock), host);
};

describe("a passkey that is removed", () => {
  test("signs its person out, and their sessions end with the next round", async () => {
    const { world, technician, open, row } = await ready();
    await world.enrol("technician");
    const { session } = await open();
    const authenticator = await idOf(world, "technician");
    await remove(world, "technician");
    expect((await findSignInById(world.store.db, technician.signIn.id))?.ended_at).toBe(world.at());
    expect(await findPasskey(world.store.db, system, world.passkeys.get("technician")?.credential ?? "")).toBeNull();
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended" });
    expect((await world.audit()).filter(({ action }) => action === "passkey.remove")).toMatchObject([
      {
        actor: { kind: "host" },
        vendor: world.ids.vendorA,
        subjects: { person: world.people.technician.id, authenticator },
        facts: { last: false },
      },
    ]);
  });

  test("of an approver counts no more once the list without it is in force", async () => {
    const { world, open, row } = await ready();
    await trustSecond(world);
    const { session } = await open();
    await remove(world, "approver");
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "admitted" });
    const { scope } = await world.caller("officer");
    const { proposed } = await trustOf(world.store.db, scope, world.ids.siteA);
    expect(proposed?.approvers.map(({ person }) => person.id)).toEqual([world.people.secondApprover.id]);
    await signTrust(world, "secondApprover");
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
  });

  test("takes back the list that waits with it", async () => {
    const world = await World.open();
    await world.enrol("approver");
    await world.enrol("secondApprover");
    const { scope } = await world.caller("officer");
    expect((await trustOf(world.store.db, scope, world.ids.siteA)).proposed).not.toBeNull();
    await remove(world, "secondApprover");
    expect(await trustOf(world.store.db, scope, world.ids.siteA)).toMatchObject({
      current: { version: 1 },
      proposed: null,
    });
  });

  test("is not the last of a site's approvers, unless that is wanted: then nobody approves until somebody enrols", async () => {
    const { world, open, row } = await ready();
    const { session } = await open();
    expect(await outcome(remove(world, "approver"))).toBe("state-conflict");
    expect(await outcome(open())).toBe("done");
    await remove(world, "approver", true);
    const { scope } = await world.caller("officer");
    expect(await trustOf(world.store.db, scope, world.ids.siteA)).toMatchObject({ current: null, proposed: null });
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
    await world.enrol("approver");
    expect(await trustOf(world.store.db, scope, world.ids.siteA)).toMatchObject({
      current: { version: 2 },
      proposed: null,
    });
  });

  test("signs nobody in, also when it was removed between its signature and the sign-in", async () => {
    const world = await World.open();
    const passkey = await world.enrol("technician");
    const { context, store } = world;
    const signIn = async (c: Context) => {
      const { ceremony, options } = await beginSignIn(context, "portal", "192.0.2.7");
      const { challenge } = options as { challenge: string };
      const response = assertionJson(passkey, challenge);
      return signInByPasskey(c, "portal", { ceremony, response }, "192.0.2.7");
    };
    expect(await outcome(signIn(context))).toBe("done");
    const change: typeof store.change = async (work, turn) => {
      await remove(world, "technician");
      return store.change(work, turn);
    };
    expect(await outcome(signIn({ ...context, store: { ...store, change } }))).toBe("sign-in-failed");
  });

  test("is the person's own", async () => {
    const world = await World.open();
    await world.enrol("approver");
    const of = { login: world.people.officer.login, id: await idOf(world, "approver"), evenLast: true };
    expect(await outcome(removePasskey(world.store, of, new Date(world.clock), host))).toBe("not-found");
    expect(await idOf(world, "approver")).not.toBe("");
  });
});
