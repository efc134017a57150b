import { getDomain } from "tldts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import type { Db } from "../store/database.ts";
import { readSetting, writeSetting } from "../store/setting.ts";

/**
 * The hosts under which Genkan lives. Passkeys are bound to their names, so they are kept from the first start; changing
 * one is a command of its own, not a setting.
 */
export interface Hosts {
  /** Origin of the technicians' portal, e.g. `https://portal.genkan.example`. */
  readonly portal: string;
  /** Origin of the hospital's own pages. */
  readonly staff: string;
  /** Each browser session gets a name of its own below this domain. */
  readonly accessDomain: string;
  /** Port under which browsers reach it; null when it is the scheme's own. */
  readonly accessPort: number | null;
}

const key = "hosts";

/** Throws `bad-request` when what was kept would not be taken today: the list of public suffixes grows. */
export async function readHosts(db: Db): Promise<Hosts | null> {
  const text = await readSetting(db, key);
  return text === null ? null : Object.freeze(checkHosts(JSON.parse(text) as Hosts));
}

export async function writeHosts(db: Db, hosts: Hosts): Promise<void> {
  await writeSetting(db, key, JSON.stringify(checkHosts(hosts)));
}

/** Letters, digits and hyphens, and no hyphen at either end (RFC 1123 section 2.1). */
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const domain = new RegExp(`^${label}(\\.${label})+$`);

/**
 * Three names, none an ancestor of another, and device pages under a registrable domain of their own (public suffix list):
 * browsers share out the room for cookies by that domain and let any name in it set cookies for all of it, so that a device's
 * page could otherwise evict a sign-in, or make every request to a face too large to be read (A11). Throws `bad-request`.
 */
export function checkHosts(hosts: Hosts): Hosts {
  const portal = originName(hosts.portal);
  const staff = originName(hosts.staff);
  if (!domain.test(hosts.accessDomain))
    throw new GenkanError("bad-request", `${hosts.accessDomain} is not a domain name in lower case.`);
  const names = [portal, staff, hosts.accessDomain];
  for (const [i, a] of names.entries())
    for (const [j, b] of names.entries())
      if (i !== j && (a === b || a.endsWith(`.${b}`)))
        throw new GenkanError("bad-request", `The hosts must stand apart: ${a} lies within ${b}.`);
  for (const name of [portal, staff])
    if (registrable(name) === registrable(`x.${hosts.accessDomain}`))
      throw new GenkanError(
        "bad-request",
        `${hosts.accessDomain} must be under a domain that is registered apart from ${name}'s: pages of devices could otherwise set cookies for it.`,
      );
  return hosts;
}

/** With the private section of the list: two customers of one host are apart, too. A name that has none stands for itself. */
const registrable = (name: string) => getDomain(name, { allowPrivateDomains: true }) ?? name;

function originName(origin: string): string {
  let url: URL;
  try {
    url = new URL(origin);
  } catch {
    throw new GenkanError("bad-request", `${origin} is not an origin.`);
  }
  const local = url.hostname.endsWith(".localhost");
  if (url.origin !== origin || !(url.protocol === "https:" || (url.protocol === "http:" && local)))
    throw new GenkanError("bad-request", `${origin} is not an https origin (http is for names under .localhost).`);
  return url.hostname;
}

export function faceOrigin(hosts: Hosts, face: Face): string {
  return face === "portal" ? hosts.portal : hosts.staff;
}

/** rpID of a face: its full host name. */
export function faceRp(hosts: Hosts, face: Face): string {
  return new URL(faceOrigin(hosts, face)).hostname;
}

/** `host[:port]` and origin of an access host, as a browser writes them. */
export function accessOrigin(hosts: Hosts, name: string): { host: string; origin: string } {
  const host = hosts.accessPort === null ? name : `${name}:${hosts.accessPort}`;
  return { host, origin: `${new URL(hosts.portal).protocol}//${host}` };
}
