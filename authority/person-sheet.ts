import { rolesOf } from "../protocol/membership.ts";
import { type Role, roles as roleNames } from "../protocol/person.ts";
import { Name } from "../protocol/schema.ts";
import { installationCell } from "../protocol/sheet.ts";
import { listAccounts } from "../store/account.ts";
import type { Place } from "../store/membership.ts";
import { findPersonByLogin } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { listSites } from "../store/site.ts";
import type { Change, Store } from "../store/store.ts";
import { listVendors } from "../store/vendor.ts";
import { covers } from "./administered.ts";
import { actorOf, type Caller } from "./caller.ts";
import { importSheet, onlySite, type Taker } from "./import.ts";
import { keepPerson } from "./invitation.ts";
import { installation, putMemberWithin } from "./membership.ts";
import { type Cells, writeSheet } from "./sheet.ts";
import { chooseIn, nameIn, readList, readNeeded, readTime, typed, Unfit, writeList, writeTime } from "./sheet-cell.ts";

type PersonCells = Cells<"person">;

/** People as a CSV file: a line for each place at which somebody is something, or was. */
export async function exportPeople(store: Store, at: Date, by: Caller): Promise<string> {
  return store.change(async (change) => {
    const people = await listAccounts(change.db, by.scope, at);
    const known = await knownTo(change, by);
    const lines = people.flatMap(({ login, name, memberships }) =>
      memberships.map(({ site, vendor, roles, until }): PersonCells => {
        const zone = zoneAt(site?.id ?? null, known);
        return {
          login,
          name,
          site: site ? nameIn(known.sites, site.id, site.name) : vendor ? "" : installationCell,
          vendor: vendor ? nameIn(known.vendors, vendor.id, vendor.name) : "",
          roles: writeList(roles),
          until: until === null ? "" : writeTime(until, "ends", zone),
        };
      }),
    );
    await change.audit({
      at,
      action: "person.export",
      outcome: "done",
      actor: actorOf(by),
      site: onlySite(by),
      subjects: {},
      facts: { lines: lines.length },
    });
    return writeSheet("person", lines);
  });
}

/**
 * Adds people, who are given their links one by one afterwards, and says what they are where; see {@link importSheet}. Whoever stands in
 * no line stays what they are.
 */
export const importPeople = (
  store: Store,
  asked: { readonly file: Uint8Array; readonly dryRun: boolean },
  at: Date,
  by: Caller,
) => importSheet(store, "person", asked, at, by, (change) => personTaker(change, at, by));

type Known = Awaited<ReturnType<typeof knownTo>>;

async function knownTo({ db }: Change, { scope }: Caller) {
  const sites = await listSites(db, scope);
  return { sites, vendors: await listVendors(db, scope) };
}

/** The zone in which days are meant at a place: a site's own; of a vendor that of all sites, where they have the same. */
function zoneAt(site: string | null, { sites }: Known): string | null {
  if (site !== null) return sites.find(({ id }) => id === site)?.zone ?? null;
  const [only, other] = new Set(sites.map(({ zone }) => zone));
  return other === undefined ? (only ?? null) : null;
}

async function personTaker(change: Change, at: Date, by: Caller): Promise<Taker<"person">> {
  const known = await knownTo(change, by);
  const taken = new Set<string>();
  const seen = new Set<string>();
  let accounts = await listAccounts(change.db, by.scope, at);
  return {
    about: ({ login = "" }) => login,
    take: async (cells) => {
      const login = cells.login ?? "";
      // A line before this one may have added them.
      if (seen.has(login.trim())) accounts = await listAccounts(change.db, by.scope, at);
      seen.add(login.trim());
      const person = accounts.find((one) => one.login === login) ?? accounts.find((one) => one.login === login.trim());
      const signsInAs = readNeeded("login", typed(login, person?.login), Name);
      const name = readNeeded("name", typed(cells.name ?? "", person?.name), Name);
      const place = placeIn(cells, known, by);
      const roles = rolesIn(cells, place);
      const key = JSON.stringify([signsInAs, place]);
      if (taken.has(key)) throw new Unfit("bad-request", "line-twice", null);
      taken.add(key);
      const ends = cells.until?.trim();
      const until = ends ? readTime("until", ends, "ends", zoneAt(place.site, known)) : null;
      if (!person) {
        if (await findPersonByLogin(change.db, Scope.system(), signsInAs, null))
          throw new Unfit("state-conflict", "login-taken", "login", signsInAs);
        await keepPerson(change, { name, login: signsInAs, place, roles, until }, at, by);
        change.touch("register");
        return "added";
      }
      if (person.name !== name) throw new Unfit("state-conflict", "person-name-differs", "name", person.name);
      const held = person.memberships.find(
        ({ site, vendor }) => (site?.id ?? null) === place.site && (vendor?.id ?? null) === place.vendor,
      );
      const same = held && sameRoles(held.roles, roles) && (ends === undefined || sameInstant(held.until, until));
      if (same) return "unchanged";
      if (by.kind === "person" && by.person.id === person.id) throw new Unfit("denied", "not-oneself", null);
      const to = { login: { id: person.id }, place, roles, ...(ends === undefined ? {} : { until }) };
      await putMemberWithin(change, to, at, by);
      return "changed";
    },
  };
}

/** A site, a vendor or the installation, which is the caller's: any other is unknown, as one that there is not. */
function placeIn({ site = "", vendor = "" }: PersonCells, known: Known, by: Caller): Place {
  const [at, of] = [site.trim(), vendor.trim()];
  if (at !== "" && of !== "") throw new Unfit("bad-request", "cell-malformed", "vendor", of);
  if (at === "" && of === "") throw new Unfit("bad-request", "cell-missing", "site");
  if (of !== "") return mine({ site: null, vendor: chooseIn("vendor", known.vendors, of).id }, by, "vendor", of);
  if (at === installationCell) return mine(installation, by, "site", at);
  return mine({ site: chooseIn("site", known.sites, at).id, vendor: null }, by, "site", at);
}

function mine(place: Place, by: Caller, column: string, cell: string): Place {
  if (!covers(by.scope, place)) throw new Unfit("not-found", "name-unknown", column, cell);
  return place;
}

function rolesIn({ roles = "" }: PersonCells, place: Place): Role[] {
  const possible = rolesOf(place);
  const named = [...new Set(readList(roles.replaceAll(",", ";")))];
  if (named.length === 0) throw new Unfit("bad-request", "cell-missing", "roles");
  return named.map((name) => {
    const role = roleNames.find((one) => one === name);
    if (!role || !possible.includes(role)) throw new Unfit("bad-request", "cell-malformed", "roles", name);
    return role;
  });
}

const sameRoles = (one: readonly Role[], other: readonly Role[]) => one.toSorted().join() === other.toSorted().join();

const sameInstant = (one: string | null, other: Date | null) =>
  (one === null ? null : Date.parse(one)) === (other?.getTime() ?? null);
