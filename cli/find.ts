import type { Static } from "typebox";
import { AgentList } from "../protocol/api/agent.ts";
import { DeviceList } from "../protocol/api/device.ts";
import { GrantList, type GrantView } from "../protocol/api/grant.ts";
import { LockList, type LockView } from "../protocol/api/lock.ts";
import { Me } from "../protocol/api/me.ts";
import { PersonList } from "../protocol/api/person.ts";
import { RequestList, type RequestView } from "../protocol/api/request.ts";
import { SessionList, type SessionView } from "../protocol/api/session.ts";
import { VendorList } from "../protocol/api/vendor.ts";
import { WorkstationList } from "../protocol/api/workstation.ts";
import type { LockedKind } from "../protocol/lock.ts";
import { type Id, isId } from "../protocol/make-id.ts";
import type { Site } from "../protocol/site.ts";
import type { Api } from "./api.ts";
import { chooseNamed, listed, type Named } from "./name.ts";
import { UsageError } from "./usage-error.ts";

/** Id of the request that waits and is meant: by its id, or by its person or device when no other waits for either. */
export async function findRequest(api: Api, text: string): Promise<Id<"request">> {
  if (isId("request", text)) return text;
  const { requests } = await api.get("/api/requests", RequestList);
  const waiting = requests.filter(({ state }) => state === "pending");
  return chooseNamed("request", waiting, text, ofWork).id;
}

/** The same of a grant that is not over. */
export async function findGrant(api: Api, text: string): Promise<Id<"grant">> {
  if (isId("grant", text)) return text;
  const { grants } = await api.get("/api/grants", GrantList);
  const standing = grants.filter(({ state }) => state === "open" || state === "scheduled");
  return chooseNamed("grant", standing, text, ofWork).id;
}

/** The same of a session that is not over. */
export async function findSession(api: Api, text: string): Promise<Id<"session">> {
  if (isId("session", text)) return text;
  const { sessions } = await api.get("/api/sessions", SessionList);
  const live = sessions.filter(({ state }) => state !== "ended");
  return chooseNamed("session", live, text, ofWork).id;
}

/** The same of a lock that is in force, also by the name of what it covers. */
export async function findLock(api: Api, text: string): Promise<Id<"lock">> {
  if (isId("lock", text)) return text;
  const { locks } = await api.get("/api/locks", LockList);
  const inForce = locks.filter(({ liftedAt }) => liftedAt === null);
  return chooseNamed("lock", inForce, text, ofLock).id;
}

/** Id of what a lock is to cover. */
export async function findLockTarget(api: Api, kind: LockedKind, text: string): Promise<Id<LockedKind>> {
  if (isId(kind, text)) return text;
  const targets: readonly Named<Id<LockedKind>>[] = await lockTargets[kind](api);
  return chooseNamed(kind, targets, text, (one) => one).id;
}

/**
 * Id of the site at which a lock is to hold; undefined for somebody who is an officer of one alone, whom the server knows. Throws
 * `lock-site-missing` where it must be named.
 */
export async function findLockSite(api: Api, text: string | undefined): Promise<Id<"site"> | undefined> {
  const { memberships } = await api.get("/api/me", Me);
  const sites = memberships.flatMap(({ site, roles }) => (site && roles.includes("officer") ? [ofSite(site)] : []));
  if (text !== undefined) return chooseNamed("site", sites, text, (one) => one).id;
  if (sites.length > 1)
    throw new UsageError("lock-site-missing", { known: listed(sites, ({ id, names }) => names[0] ?? id) });
  return undefined;
}

/** What can be locked, of each kind. */
export const lockTargets: { readonly [K in LockedKind]: (api: Api) => Promise<Named<Id<K>>[]> } = {
  person: async (api) =>
    (await api.get("/api/people", PersonList)).people.map(({ id, name, memberships }) =>
      oneOf(id, name, memberships.map(({ vendor, site }) => vendor?.name ?? site?.name).join(", ")),
    ),
  workstation: async (api) =>
    (await api.get("/api/workstations", WorkstationList)).workstations.map(({ id, label, person }) => ({
      id,
      names: [label, person.name],
    })),
  vendor: async (api) =>
    (await api.get("/api/vendors", VendorList)).vendors.map(({ id, name }) => ({ id, names: [name] })),
  device: async (api) =>
    (await api.get("/api/devices", DeviceList)).devices.map(({ id, name, site }) => oneOf(id, name, site.name)),
  agent: async (api) =>
    (await api.get("/api/agents", AgentList)).agents.map(({ id, name, site }) => oneOf(id, name, site.name)),
  site: async (api) => sitesOf(await api.get("/api/me", Me), (await api.get("/api/devices", DeviceList)).devices),
};

/** The sites that somebody can see: their own, and those of the devices. */
function sitesOf(me: Me, devices: Static<typeof DeviceList>["devices"]): Named<Id<"site">>[] {
  const sites = [...me.memberships.flatMap(({ site }) => site ?? []), ...devices.map(({ site }) => site)];
  return [...new Map(sites.map((site) => [site.id, ofSite(site)])).values()];
}

const ofSite = ({ id, name }: Site): Named<Id<"site">> => ({ id, names: [name] });

const oneOf = <I extends Id<LockedKind>>(id: I, name: string, where: string | undefined): Named<I> => ({
  id,
  names: [name],
  ...(where === undefined ? {} : { where }),
});

/** Who does it, and to what. */
export const ofWork = <V extends RequestView | GrantView | SessionView>({
  id,
  person,
  device,
  site,
}: V): Named<V["id"]> => ({
  id,
  names: [person.name, device.name],
  where: site.name,
});

/** What it covers. */
export const ofLock = ({ id, kind, name, reason }: LockView): Named<Id<"lock">> => ({
  id,
  names: [name ?? kind],
  where: reason,
});
