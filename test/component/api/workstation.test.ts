import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { insertLock } from "../../../store/lock.ts";
import type { Computer, Name } from "../authority/world.ts";
import { confirm, type Key, makeKey, Terminal } from "./terminal.ts";
import { Faces, said } from "./world.ts";

let f: Faces;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  f = await Faces.open({ until: (end) => void ends.push(end) });
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A browser of a new sign-in, or of this one, shows a key. */
async function enrol(
  label: string,
  o: { name?: Name; key?: Key; in?: Awaited<ReturnType<typeof f.world.signIn>> } = {},
) {
  const signIn = o.in ?? (await f.world.signIn(o.name ?? "technician", { workstation: null }));
  const proof = await new Terminal(f, "portal").enrolment(signIn.caller.signIn.id, o.key ?? makeKey());
  return f.post("portal", "/api/workstations", { proof, label }, { as: signIn.token });
}

async function lockWorkstation(target: Id<"workstation">): Promise<void> {
  const { person } = await f.world.caller("officer");
  const at = new Date(f.world.clock);
  const row = { kind: "workstation", target, name: "PC", reason: "lost", by: person.id, at } as const;
  await f.world.store.change(({ db }) => insertLock(db, { ...row, site: f.world.ids.siteA }));
}

const workstationOf = async ({ jwk }: Key) => {
  const thumbprint = jwkThumbprint(jwk);
  const keys = f.world.store.db.selectFrom("workstation_key").where("thumbprint", "=", thumbprint);
  return (await keys.select("workstation").executeTakeFirst())?.workstation;
};

describe("a new workstation", () => {
  test("has another label than that person's others, and than one that reads alike", async () => {
    const key = makeKey();
    expect(said(await enrol("Chrome / Windows", { key }))).toBe("200");
    for (const alike of ["Chrome / Windows", "chrome / WINDOWS", "Ｃｈｒｏｍｅ / Windows", "Chrome /  Windows"])
      expect([alike, said(await enrol(alike))]).toEqual([alike, "409 label-taken"]);
    expect(said(await enrol("Chrome / Windows 2"))).toBe("200");
    // The same browser is known by its key, and another person's may be called the same.
    expect(said(await enrol("Chrome / Windows", { key }))).toBe("200");
    expect(said(await enrol("Chrome / Windows", { name: "colleague" }))).toBe("200");
  });

  test("takes its label once, however many ask for it at the same time", async () => {
    const all = await Promise.all(Array.from({ length: 3 }, () => enrol("PC")));
    expect(all.map(said).sort()).toEqual(["200", "409 label-taken", "409 label-taken"]);
  });

  test("is one of so many in their time, and a known one still counts as that", async () => {
    const key = makeKey();
    expect(said(await enrol("PC 0", { key }))).toBe("200");
    for (let n = 1; n < limits.workstationsPerPerson; n++) expect(said(await enrol(`PC ${n}`))).toBe("200");
    expect(said(await enrol("one more"))).toBe("429 too-many");
    expect(said(await enrol("PC 0", { key }))).toBe("200");
    expect(said(await enrol("one more", { name: "colleague" }))).toBe("200");
    f.world.clock += limits.workstationsPerPersonMs;
    expect(said(await enrol("one more"))).toBe("200");
  });
});

describe("a workstation that is locked", () => {
  let computer: Computer;
  /** A terminal whose key has joined the technician's computer. */
  async function joined(): Promise<Terminal> {
    computer = await f.world.equip("technician");
    const t = new Terminal(f, "portal");
    await t.begin();
    expect(said(await confirm(t, "technician"))).toBe("200");
    return t;
  }

  test("is joined by no terminal's key", async () => {
    computer = await f.world.equip("technician");
    const t = new Terminal(f, "portal");
    await t.begin();
    await lockWorkstation(computer.id);
    expect(said(await confirm(t, "technician"))).toBe("403 denied");
    expect(await workstationOf(t.workstation)).toBeUndefined();
    // Refusing it is no gain to anybody.
    expect(said(await confirm(t, "technician", { verdict: "refuse", proof: null }))).toBe("200");
  });

  test("is left by no terminal's key, to another workstation of that person", async () => {
    const first = await joined();
    await lockWorkstation(computer.id);
    const key = makeKey();
    const signIn = await f.world.signIn("technician", { workstation: null });
    expect(said(await enrol("another browser", { key, in: signIn }))).toBe("200");
    const again = new Terminal(f, "portal");
    await again.begin({ proof: await again.enrolment("device-authorization", first.workstation) });
    const signed = await again.enrolment(`device-code:${again.userCode}`, key);
    expect(said(await confirm(again, "technician", { as: signIn.token, proof: signed }))).toBe("403 denied");
    expect(await workstationOf(first.workstation)).toBe(computer.id);
  });

  test("is left by no sign-in that shows a fresh key, and is still known by its own", async () => {
    await f.world.equip("technician");
    const key = makeKey();
    const signIn = await f.world.signIn("technician", { workstation: null });
    const { workstation } = (await enrol("browser", { key, in: signIn })).body as { workstation: Id<"workstation"> };
    await lockWorkstation(workstation);
    const fresh = makeKey();
    expect(said(await enrol("another", { key: fresh, in: signIn }))).toBe("403 denied");
    expect(await workstationOf(fresh)).toBeUndefined();
    expect(said(await enrol("browser", { key, in: signIn }))).toBe("200");
  });
});
