import { expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { beginEnrolment } from "../../../authority/enrolment.ts";
import { removeOwnWorkstation } from "../../../authority/own-account.ts";
import { recover } from "../../../authority/recovery.ts";
import { limits } from "../../../protocol/limits.ts";
import { listAccounts } from "../../../store/account.ts";
import { listAuthenticators } from "../../../store/authenticator.ts";
import { findSignInById } from "../../../store/sign-in.ts";
import { findWorkstationByKey } from "../../../store/workstation.ts";
import { asThumbprint } from "../../brand.ts";
import { signTrust, trustSecond } from "./begun.ts";
import { trustOf } from "./parts.ts";
import { ready, system } from "./ready.ts";
import { outcome } from "./world.ts";

test("lost passkeys are good for nothing once another person has said so, for a day's link", async () => {
  const { world, open, row } = await ready();
  const { store, people, context } = world;
  await trustSecond(world);
  const { session } = await open();
  const { signIn } = await world.caller("approver");
  const at = new Date(world.clock);
  const by = await world.caller("administrator");
  const { url, expiresAt } = await recover(context, people.approver, "phone lost", at, by);
  expect(expiresAt).toBe(world.at(limits.recoveryMs));
  expect(await listAuthenticators(store.db, system, people.approver.id)).toEqual([]);
  expect((await findSignInById(store.db, signIn.id))?.ended_at).toBe(world.at());
  const { proposed } = await trustOf(store.db, system, world.ids.siteA);
  expect(proposed?.approvers.map(({ person }) => person.id)).toEqual([people.secondApprover.id]);
  await signTrust(world, "secondApprover");
  await world.leases.round();
  expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
  const shown = (await listAccounts(store.db, by.scope, at)).find(({ id }) => id === people.approver.id);
  expect(shown?.link).toMatchObject({ by: { id: by.person.id }, reason: "phone lost" });
  const code = new URL(url).hash.slice(1);
  expect((await beginEnrolment(context, "staff", code)).recovery).toEqual({
    by: "administrator",
    reason: "phone lost",
  });
  world.clock += limits.recoveryMs;
  expect(await outcome(beginEnrolment(context, "staff", code))).toBe("enrolment-invalid");
  expect((await world.audit()).filter(({ action }) => action === "passkey.recover")).toMatchObject([
    { actor: { id: by.person.id }, site: world.ids.siteA, facts: { reason: "phone lost" } },
  ]);
});

test("nobody recovers themselves, who is not theirs, or who has nothing to lose; the last approver can be", async () => {
  const { world } = await ready();
  const { context, people } = world;
  await world.enrol("administrator");
  await world.enrol("technician");
  const tried = async (by: "administrator" | "chief" | "owner", whom: keyof typeof people) =>
    outcome(recover(context, people[whom], "lost", new Date(world.clock), await world.caller(by)));
  expect([await tried("administrator", "administrator"), await tried("administrator", "shared")]).toEqual([
    "denied",
    "denied",
  ]);
  expect([await tried("administrator", "technician"), await tried("chief", "approver")]).toEqual([
    "not-found",
    "not-found",
  ]);
  expect([await tried("administrator", "officer"), await tried("chief", "technician")]).toEqual([
    "state-conflict",
    "done",
  ]);
  expect(await tried("administrator", "approver")).toBe("done");
  expect((await trustOf(world.store.db, system, world.ids.siteA)).current).toBeNull();
  expect(await outcome(recover(context, people.administrator.login, "lost", new Date(world.clock), host))).toBe("done");
});

test("a computer that its person removes is cut off, and opens nothing more", async () => {
  const { world, technician, open, row } = await ready();
  const { session } = await open();
  const id = technician.signIn.workstation;
  if (id === null) throw new Error("There is a computer.");
  const caller = { ...technician, signIn: (await world.signIn("technician", { workstation: null })).caller.signIn };
  await removeOwnWorkstation(world.context, caller, id);
  expect(await row(session)).toMatchObject({ state: "ended", reason: "ended-by-technician" });
  expect((await findSignInById(world.store.db, technician.signIn.id))?.ended_at).toBe(world.at());
  expect(await findWorkstationByKey(world.store.db, system, asThumbprint("none"))).toBeNull();
  expect(await outcome(open())).toMatch(/^denied/);
  expect(await outcome(removeOwnWorkstation(world.context, caller, id))).toBe("not-found");
});
