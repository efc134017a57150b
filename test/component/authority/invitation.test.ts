import { expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { beginEnrolment } from "../../../authority/enrolment.ts";
import { invite, inviteAgain } from "../../../authority/invitation.ts";
import { putMember } from "../../../authority/membership.ts";
import { setPersonOn } from "../../../authority/person-active.ts";
import type { Role } from "../../../protocol/person.ts";
import { listAccounts } from "../../../store/account.ts";
import { type Name, outcome, World } from "./world.ts";

const someone = { name: "New", login: "new@example.org", until: null };
const codeOf = (url: string) => new URL(url).hash.slice(1);

async function scene() {
  const world = await World.open();
  const { context, ids } = world;
  const at = () => new Date(world.clock);
  const places = {
    siteA: { site: ids.siteA, vendor: null },
    siteB: { site: ids.siteB, vendor: null },
    vendorA: { site: null, vendor: ids.vendorA },
    vendorB: { site: null, vendor: ids.vendorB },
    installation: { site: null, vendor: null },
  };
  const asked = async (by: Name | null, place: keyof typeof places, roles: readonly Role[], login = someone.login) =>
    invite(
      context,
      { ...someone, login, ...places[place], roles: [...roles] },
      at(),
      by === null ? host : await world.caller(by),
    );
  const seen = async (by: Name) =>
    (await listAccounts(world.store.db, (await world.caller(by)).scope, at())).find(({ name }) => name === "New");
  return { world, at, places, asked, seen };
}

test("each administrator invites for what is theirs, in roles that there are there", async () => {
  const { asked } = await scene();
  const tries: [Name | null, Parameters<typeof asked>[1], Role, string][] = [
    ["administrator", "siteA", "approver", "done"],
    ["administrator", "siteB", "approver", "not-found"],
    ["administrator", "vendorA", "technician", "not-found"],
    ["administrator", "installation", "administrator", "not-found"],
    ["administrator", "siteA", "technician", "bad-request"],
    ["chief", "vendorA", "technician", "done"],
    ["chief", "vendorB", "technician", "not-found"],
    ["chief", "siteA", "approver", "not-found"],
    ["chief", "installation", "administrator", "not-found"],
    ["chief", "vendorA", "approver", "bad-request"],
    ["owner", "siteB", "officer", "done"],
    ["owner", "vendorB", "vendor-administrator", "done"],
    ["owner", "installation", "administrator", "done"],
    ["owner", "installation", "approver", "bad-request"],
    [null, "siteA", "auditor", "done"],
  ];
  for (const [i, [by, place, role, is]] of tries.entries())
    expect([by, place, role, await outcome(asked(by, place, [role], `new${i}@example.org`))]).toEqual([
      by,
      place,
      role,
      is,
    ]);
  expect(await outcome(asked("owner", "siteA", ["approver"], "new0@example.org"))).toBe("state-conflict");
});

test("an invitation is shown with who gave it; another link takes the place of the one before", async () => {
  const { world, asked, seen, at } = await scene();
  const first = await asked("administrator", "siteA", ["approver"]);
  const { id: inviter } = world.people.administrator;
  expect(await seen("administrator")).toMatchObject({ state: "invited", invitedBy: { id: inviter }, lastUsedAt: null });
  const again = await inviteAgain(world.context, first.person, at(), await world.caller("owner"));
  expect((await seen("administrator"))?.link).toMatchObject({ by: { id: world.people.owner.id }, reason: null });
  const begin = (url: string) => outcome(beginEnrolment(world.context, "staff", codeOf(url)));
  expect([await begin(first.url), await begin(again.url)]).toEqual(["enrolment-invalid", "done"]);
  expect(await seen("chief")).toBeUndefined();
  await setPersonOn(world.store, first.person, false, at(), await world.caller("administrator"));
  expect([await begin(again.url), (await seen("administrator"))?.state]).toEqual(["enrolment-invalid", "disabled"]);
  const records = (await world.audit()).filter(
    ({ subjects }) => (subjects as { person?: string }).person === first.person.id,
  );
  expect(records.map(({ action, actor }) => [action, (actor as { name: string }).name])).toEqual([
    ["person.add", "administrator"],
    ["enrolment.issue", "administrator"],
    ["enrolment.issue", "owner"],
    ["person.disable", "administrator"],
  ]);
});

test("nobody administers themselves, nor everywhere somebody who belongs to others too", async () => {
  const { world, at, places } = await scene();
  const { store, people } = world;
  const off = async (by: Name, whom: Name) =>
    outcome(setPersonOn(store, people[whom], false, at(), await world.caller(by)));
  const give = async (by: Name, whom: Name, place: keyof typeof places) =>
    outcome(
      putMember(store, { login: people[whom], place: places[place], roles: ["auditor"] }, at(), await world.caller(by)),
    );
  expect([await off("administrator", "administrator"), await give("administrator", "administrator", "siteA")]).toEqual([
    "denied",
    "denied",
  ]);
  expect([await off("administrator", "shared"), await give("administrator", "shared", "siteB")]).toEqual([
    "denied",
    "not-found",
  ]);
  expect([await off("administrator", "foreignOfficer"), await off("administrator", "technician")]).toEqual([
    "not-found",
    "not-found",
  ]);
  expect([await off("administrator", "owner"), await off("chief", "rival"), await off("chief", "colleague")]).toEqual([
    "not-found",
    "not-found",
    "done",
  ]);
  expect([await give("administrator", "shared", "siteA"), await off("owner", "shared")]).toEqual(["done", "done"]);
});
