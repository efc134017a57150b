import { describe, expect, test } from "vitest";
import { faceOrigin, faceRp } from "../../../authority/hosts.ts";
import type { OwnAccount } from "../../../protocol/api/own-account.ts";
import { limits } from "../../../protocol/limits.ts";
import { watchingHeader } from "../../../protocol/watching.ts";
import { Passkey } from "../../passkey.ts";
import { signTrust } from "../authority/begun.ts";
import { assertionJson, trustOf } from "../authority/parts.ts";
import { system } from "../authority/ready.ts";
import { hosts, type Name } from "../authority/world.ts";
import { Faces, said } from "./world.ts";

interface Begun {
  readonly ceremony: string;
  readonly create: { readonly options: { readonly challenge: string; readonly user: { readonly id: string } } };
  readonly prove: { readonly options: { readonly challenge: string } } | null;
}

const own = async (f: Faces, name: Name, as: string) =>
  (await f.ask<OwnAccount>(f.world.people[name].face, "GET", "/api/account", { as })).body;

/** Adds a passkey as the page does, shown to be the person's by the one that they have. */
async function add(f: Faces, name: Name, as: string, o: { by?: Passkey; renews?: string } = {}) {
  const { face } = f.world.people[name];
  const made = new Passkey(faceRp(hosts, face), faceOrigin(hosts, face));
  const { body } = await f.post<Begun>(face, "/api/account/passkeys/begin", { renews: o.renews ?? null }, { as });
  const { challenge } = body.create.options;
  const by = o.by ?? f.world.passkeys.get(name);
  const answer = await f.post<OwnAccount>(
    face,
    "/api/account/passkeys",
    {
      ceremony: body.ceremony,
      label: "second",
      response: made.register(challenge),
      proof: by ? { response: assertionJson(by, challenge) } : { password: "p", totp: "123456" },
    },
    { as },
  );
  return { made, answer, user: body.create.options.user.id };
}

describe("a sign-in that a page only watches over", () => {
  test.each([
    ["portal", "technician", limits.signInIdleMs],
    ["staff", "officer", limits.staffIdleMs],
  ] as const)("ends on the %s all the same, and the page is told when", async (face, name, idleMs) => {
    const f = await Faces.open();
    const as = await f.token(name);
    const watch = () =>
      f.ask<{ idleEndsAt: string }>(face, "GET", "/api/me", { as, headers: { [watchingHeader]: "1" } });
    const ends = f.world.at(idleMs);
    for (let passed = 0; passed < idleMs; passed += 60_000) {
      expect((await watch()).body.idleEndsAt).toBe(ends);
      f.world.clock += 60_000;
    }
    expect(said(await watch())).toBe("401 unauthenticated");
  });

  test("goes on for whoever does something", async () => {
    const f = await Faces.open();
    const as = await f.token("officer");
    f.world.clock += limits.staffIdleMs - 1;
    expect((await f.ask("staff", "GET", "/api/me", { as })).body.idleEndsAt).toBe(f.world.at(limits.staffIdleMs));
    f.world.clock += limits.staffIdleMs - 1;
    expect(said(await f.ask("staff", "GET", "/api/me", { as, headers: { [watchingHeader]: "1" } }))).toBe("200");
  });
});

describe("another passkey", () => {
  test("is kept when its person shows one that they have, and for nothing less", async () => {
    const f = await Faces.open();
    await f.world.enrol("technician");
    const as = await f.token("technician");
    const stolen = new Passkey(faceRp(hosts, "portal"), hosts.portal);
    expect(said((await add(f, "technician", as, { by: stolen })).answer)).toBe("400 ceremony-invalid");
    const { answer } = await add(f, "technician", as);
    expect(answer.body.passkeys.map(({ label, lastUsedAt }) => [label, lastUsedAt !== null])).toEqual(
      expect.arrayContaining([
        ["passkey", true],
        ["second", false],
      ]),
    );
    const bare = await f.token("colleague");
    expect(said((await add(f, "colleague", bare)).answer)).toBe("401 sign-in-failed");
  });

  test("of the only approver takes over from the old one, which signs the list before it goes", async () => {
    const f = await Faces.open();
    const { world } = f;
    await world.enrol("approver");
    const as = await f.token("approver");
    const [old] = (await own(f, "approver", as)).passkeys;
    const { made, user } = await add(f, "approver", as, { renews: old?.id ?? "" });
    // Else the authenticator would put it in the place of the one that still has to sign.
    expect(user).not.toBe(Buffer.from(world.people.approver.id).toString("base64url"));
    const remove = async () => said(await f.post("staff", `/api/account/passkeys/${old?.id}/removal`, {}, { as }));
    const keys = async () =>
      (await trustOf(world.store.db, system, world.ids.siteA)).current?.approvers.map(({ credential }) => credential);
    expect([await remove(), (await keys())?.length]).toEqual(["409 state-conflict", 1]);
    await signTrust(world, "approver");
    expect([await remove(), await keys()]).toEqual(["200", expect.arrayContaining([made.credential])]);
    world.passkeys.set("approver", made);
    await signTrust(world, "approver");
    expect(await keys()).toEqual([made.credential]);
    const [left] = (await own(f, "approver", as)).passkeys;
    expect(said(await f.post("staff", `/api/account/passkeys/${left?.id}/removal`, {}, { as }))).toBe(
      "409 state-conflict",
    );
  });
});

test("what is somebody's own is nobody else's", async () => {
  const f = await Faces.open();
  await f.world.enrol("technician");
  const as = await f.token("technician");
  const { passkeys, workstations, signIns } = await own(f, "technician", as);
  expect([passkeys.length, workstations.length, signIns.length]).toEqual([1, 1, 1]);
  for (const name of ["colleague", "leader", "chief"] as const) {
    const other = await f.token(name);
    for (const [path, body] of [
      [`passkeys/${passkeys[0]?.id}`, { label: "x" }],
      [`passkeys/${passkeys[0]?.id}/removal`, {}],
      [`workstations/${workstations[0]?.id}`, { label: "x" }],
      [`workstations/${workstations[0]?.id}/removal`, {}],
      [`sign-ins/${signIns[0]?.id}/end`, {}],
    ] as const)
      expect([name, path, said(await f.post("portal", `/api/account/${path}`, body, { as: other }))]).toEqual([
        name,
        path,
        "404 not-found",
      ]);
  }
  expect(await own(f, "technician", as)).toEqual({
    passkeys,
    workstations,
    signIns,
    login: expect.any(String),
    password: null,
    recovered: null,
  });
});

test("sign-ins are ended from another: one, and all others", async () => {
  const f = await Faces.open();
  const [here, there, elsewhere] = [
    await f.token("technician"),
    await f.token("technician"),
    await f.token("technician"),
  ];
  const me = async (as: string) => said(await f.ask("portal", "GET", "/api/me", { as }));
  const other = (await own(f, "technician", there)).signIns.find((one) => one.here);
  await f.post("portal", `/api/account/sign-ins/${other?.id}/end`, {}, { as: here });
  expect([await me(here), await me(there), await me(elsewhere)]).toEqual(["200", "401 unauthenticated", "200"]);
  const left = await f.post<OwnAccount>("portal", "/api/account/other-sign-ins/end", {}, { as: here });
  expect([left.body.signIns.length, await me(here), await me(elsewhere)]).toEqual([1, "200", "401 unauthenticated"]);
});
