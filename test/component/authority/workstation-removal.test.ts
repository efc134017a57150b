import { describe, expect, test } from "vitest";
import { ask } from "../../../authority/ask.ts";
import { host } from "../../../authority/caller.ts";
import { offboardVendor } from "../../../authority/offboarding.ts";
import { setPersonOn } from "../../../authority/person-active.ts";
import { enrolWorkstation } from "../../../authority/workstation.ts";
import { removeOfPerson } from "../../../authority/workstation-removal.ts";
import { signWithJwk } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import type { EnrolmentProof } from "../../../protocol/statement.ts";
import { insertLock } from "../../../store/lock.ts";
import { putMembership } from "../../../store/membership.ts";
import { findWorkstation, findWorkstationByKey } from "../../../store/workstation.ts";
import { asked, wish } from "./parts.ts";
import { ready, system } from "./ready.ts";
import { type Computer, hosts, type Name, outcome, World } from "./world.ts";

const keysOf = async ({ store }: World, { id }: Computer) =>
  (await findWorkstation(store.db, system, id))?.thumbprints.length;

/** A browser of a new sign-in shows the key that it has kept. */
async function shows(world: World, name: Name, { privateKey, jwk }: Computer) {
  const { caller } = await world.signIn(name, { workstation: null });
  const said: EnrolmentProof = { origin: hosts.portal, subject: caller.signIn.id, issuedAt: world.at() };
  const proof = await signWithJwk("genkan/enrolment/v1", said, privateKey, jwk);
  const { workstation } = await enrolWorkstation(world.context, "portal", caller, { proof, label: "kept" });
  return { workstation, caller: { ...caller, signIn: { ...caller.signIn, workstation } } };
}

async function lockOf(world: World, { id }: Computer): Promise<void> {
  const { person } = await world.caller("officer");
  const row = { kind: "workstation", target: id, name: "PC", reason: "lost", by: person.id } as const;
  await world.store.change(({ db }) => insertLock(db, { ...row, site: world.ids.siteA, at: new Date(world.clock) }));
}

const at = ({ clock }: World) => new Date(clock);

describe("workstations of somebody who is disabled", () => {
  test("ask and open nothing, also once they are enabled: the same browser is a new workstation", async () => {
    const { world, open, row, technician, grant } = await ready();
    const computer = await world.equip("technician");
    const { session } = await open();
    const wished = await wish(world, technician);
    const { login } = world.people.technician;
    await setPersonOn(world.store, login, false, at(world), host);
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
    await setPersonOn(world.store, login, true, at(world), host);
    const back = await world.caller("technician");
    expect(await outcome(ask(world.context, back, wished))).toContain("workstation-unknown");
    expect(await outcome(open(back))).toContain("workstation-unknown");
    const { workstation, caller } = await shows(world, "technician", computer);
    expect(workstation).not.toBe(computer.id);
    expect(await outcome(open(caller, { grant: grant.id }))).toContain("workstation-not-granted");
    const records = (await world.audit()).filter(({ action }) => action === "workstation.remove");
    expect(records).toMatchObject([
      { actor: { kind: "host" }, vendor: world.ids.vendorA, subjects: { workstation: computer.id } },
    ]);
  });

  test("stay where they are locked, so that no lock is lost by it", async () => {
    const { world } = await ready();
    const computer = await world.equip("technician");
    await lockOf(world, computer);
    await setPersonOn(world.store, world.people.technician.login, false, at(world), host);
    await setPersonOn(world.store, world.people.technician.login, true, at(world), host);
    const known = await findWorkstationByKey(world.store.db, system, jwkThumbprint(computer.jwk));
    expect(known?.id).toBe(computer.id);
    const back = await world.caller("technician");
    expect(await outcome(asked(world, back))).toContain("locked");
  });
});

test("off-boarding takes away the workstations of the vendor's people, but for somebody who is of another by then", async () => {
  const world = await World.open();
  const [computer, other] = [await world.equip("technician"), await world.equip("colleague")];
  const { vendorA, vendorB } = world.ids;
  const elsewhere = { site: null, vendor: vendorB };
  await world.store.change(({ db }) =>
    putMembership(db, world.people.colleague.id, elsewhere, { roles: ["technician"], until: null }),
  );
  expect([await keysOf(world, computer), await keysOf(world, other)]).toEqual([1, 1]);
  const said = { site: null, reason: "contract over", what: "copies", due: "2026-04-01" };
  await offboardVendor(world.context, await world.caller("owner"), vendorA, said);
  expect([await keysOf(world, computer), await keysOf(world, other)]).toEqual([0, 1]);
});

describe("whoever administers somebody", () => {
  test("takes a workstation of theirs away with a reason, which cuts its sessions at once", async () => {
    const { world, open, row, agent, heard } = await ready();
    const computer = await world.equip("technician");
    const { session } = await open();
    const chief = await world.caller("chief");
    await removeOfPerson(world.context, chief, computer.id, "laptop stolen");
    await heard();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "revoked", endedBy: { id: chief.person.id } });
    expect(agent.cuts).toContainEqual({ session, reason: "revoked" });
    expect(await keysOf(world, computer)).toBe(0);
    const record = (await world.audit()).find(({ action }) => action === "workstation.remove");
    expect(record).toMatchObject({
      actor: { id: chief.person.id },
      subjects: { person: world.people.technician.id, workstation: computer.id },
      facts: { reason: "laptop stolen", keys: [jwkThumbprint(computer.jwk)] },
    });
    expect(await outcome(removeOfPerson(world.context, chief, computer.id, "again"))).toBe("not-found");
  });

  test("is whoever runs the installation, or that vendor's administrator, and never oneself", async () => {
    const world = await World.open();
    const computer = await world.equip("leader");
    const remove = async (name: Name) =>
      outcome(removeOfPerson(world.context, await world.caller(name), computer.id, "r"));
    for (const name of ["rivalChief", "administrator", "officer", "technician"] as const)
      expect([name, await remove(name)]).toEqual([name, "not-found"]);
    expect(await remove("leader")).toBe("denied");
    await lockOf(world, computer);
    expect(await remove("chief")).toBe("denied locked");
    expect(await keysOf(world, computer)).toBe(1);
    const free = await world.equip("colleague");
    expect(await outcome(removeOfPerson(world.context, await world.caller("owner"), free.id, "r"))).toBe("done");
  });
});
