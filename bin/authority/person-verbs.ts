import type { Command } from "commander";
import { host } from "../../authority/caller.ts";
import { addPerson } from "../../authority/invitation.ts";
import { endMember, type PlaceAsked, putMember } from "../../authority/membership.ts";
import { setPersonOn } from "../../authority/person-active.ts";
import type { MembershipView } from "../../protocol/membership.ts";
import { roles } from "../../protocol/person.ts";
import { readId } from "../../protocol/read-id.ts";
import { listPeople } from "../../store/person.ts";
import { Scope } from "../../store/scope.ts";
import { listSites } from "../../store/site.ts";
import { listVendors } from "../../store/vendor.ts";
import { parseInstant } from "./instant-option.ts";
import { type OpenOptions, openStore } from "./open.ts";
import { pick } from "./pick.ts";
import { parseRole } from "./role-option.ts";
import type { Print, Verb } from "./verb.ts";

const login = "name under which the person is known";

/** What changes somebody who is in the register. */
export function addPersonVerbs<O extends OpenOptions & { json?: true }>(
  person: Command,
  verb: Verb,
  print: Print<O>,
): void {
  verb(person, "add", "add a person of a site, a vendor or the installation; genkan-authority enrolment makes the link")
    .requiredOption("--name <name>", "name, as pages and log show it")
    .requiredOption("--login <login>", "name under which the person is known, once in the store")
    .requiredOption("--role <role...>", roles.join(", "))
    .option("--site <id>", "site that the person works for, or first")
    .option("--vendor <id>", "vendor that the person works for, or first")
    .option("--installation", "the person runs the installation, with all its sites")
    .action(async (o: O & PlaceOptions & { name: string; login: string; role: string[]; installation?: true }) => {
      const held = o.role.map(parseRole);
      const { store } = await openStore(o, null);
      const all = Scope.system();
      const site = o.site === undefined ? null : (await pick(listSites(store.db, all), o.site, "site")).id;
      const vendor = o.vendor === undefined ? null : (await pick(listVendors(store.db, all), o.vendor, "vendor")).id;
      const of = o.installation ? { installation: true as const } : { site, vendor };
      const added = await addPerson(store, { name: o.name, login: o.login, roles: held, ...of }, new Date());
      print(o, { person: added, login: o.login });
      await store.close();
    });

  verb(person, "list", "print the people, and where each belongs as what").action(async (o: O) => {
    const { store } = await openStore(o, null);
    for (const { id, login, name, memberships, active } of await listPeople(store.db, Scope.system()))
      print(o, {
        person: id,
        login,
        name,
        active,
        ...(o.json ? { memberships } : { of: memberships.map(told).join("; ") }),
      });
    await store.close();
  });

  placed(verb(person, "roles", "say what a person is at a place, instead of all that they were there"))
    .argument("<login>", login)
    .requiredOption("--role <role...>", roles.join(", "))
    .option("--until <time>", "when it ends, such as 2026-04-01T00:00:00+09:00, or never; unchanged unless told")
    .action(async (login: string, o: O & PlaceOptions & { role: string[]; until?: string }) => {
      const held = o.role.map(parseRole);
      const until = o.until === undefined ? {} : { until: o.until === "never" ? null : parseInstant(o.until) };
      const { store } = await openStore(o, null);
      const changed = await putMember(store, { login, place: placeAsked(o), roles: held, ...until }, new Date(), host);
      print(o, { person: changed, login, roles: held });
      await store.close();
    });

  placed(verb(person, "leave", "end what a person is at a place, now or at a later time"))
    .argument("<login>", login)
    .option("--at <time>", "when, such as 2026-04-01T00:00:00+09:00; now unless told")
    .action(async (login: string, o: O & PlaceOptions & { at?: string }) => {
      const now = new Date();
      const until = o.at === undefined ? now : parseInstant(o.at);
      const { store } = await openStore(o, null);
      const left = await endMember(store, { login, place: placeAsked(o), until }, now, host);
      print(o, { person: left, login, until: until.toISOString() });
      await store.close();
    });

  for (const [name, active, description] of [
    ["disable", false, "sign a person out everywhere, end their sessions and let them in no more"],
    ["enable", true, "let a person who was disabled sign in again"],
  ] as const)
    verb(person, name, description)
      .argument("<login>", login)
      .action(async (login: string, o: O) => {
        const { store } = await openStore(o, null);
        print(o, { person: await setPersonOn(store, login, active, new Date(), host), login, active });
        await store.close();
      });
}

interface PlaceOptions {
  site?: string;
  vendor?: string;
}

const placed = (command: Command) =>
  command
    .option("--site <id>", "site; needed when the person belongs to several places, or comes to another")
    .option("--vendor <id>", "vendor, likewise");

const placeAsked = ({ site, vendor }: PlaceOptions): PlaceAsked =>
  site === undefined && vendor === undefined
    ? null
    : {
        site: site === undefined ? null : readId("site", site),
        vendor: vendor === undefined ? null : readId("vendor", vendor),
      };

const told = ({ site, vendor, roles, until }: MembershipView) =>
  `${site?.name ?? vendor?.name ?? ""} (${site?.id ?? vendor?.id ?? ""}): ${roles.join(", ")}${until === null ? "" : ` until ${until}`}`;
