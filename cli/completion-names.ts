import { setTimeout as wait } from "node:timers/promises";
import { DeviceList } from "../protocol/api/device.ts";
import { GrantList } from "../protocol/api/grant.ts";
import { LockList } from "../protocol/api/lock.ts";
import { RequestList } from "../protocol/api/request.ts";
import { SessionList } from "../protocol/api/session.ts";
import { limits } from "../protocol/limits.ts";
import type { LockedKind } from "../protocol/lock.ts";
import type { Api } from "./api.ts";
import { chooseDevice } from "./choose.ts";
import { lockTargets, ofLock, ofWork } from "./find.ts";
import { halves, meant, type Named } from "./name.ts";
import { type Cli, signedIn } from "./verb.ts";

/** A word that a shell offers, and what it says beside it. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** What a word of the command line names. */
export type Wanted =
  | { readonly noun: "device" | "request" | "grant" | "session" | "lock" }
  | { readonly noun: "service"; readonly device: string }
  | { readonly noun: "target"; readonly kind: LockedKind };

/**
 * What there is to name, asked of the server by whoever is signed in. A shell waits for this, and shows nothing but what comes
 * of it: who is not signed in, or a server that is slow or away, has no names.
 */
export async function namesFor(cli: Cli, wanted: Wanted): Promise<Candidate[]> {
  const late = new AbortController();
  const asking = (async () => candidates(await named(signedIn(cli), wanted)))();
  const nothing = wait(limits.completionMs, [] as Candidate[], { signal: late.signal });
  nothing.catch(() => {});
  const found = await Promise.race([asking.catch((): Candidate[] => []), nothing]);
  late.abort();
  return found;
}

async function named(api: Api, wanted: Wanted): Promise<Named[]> {
  switch (wanted.noun) {
    case "device":
      return lockTargets.device(api);
    case "service": {
      const { devices } = await api.get("/api/devices", DeviceList);
      const { services } = chooseDevice(devices, wanted.device);
      return services.map(({ id, name, protocol }) => ({ id, names: [name], where: protocol }));
    }
    case "request": {
      const { requests } = await api.get("/api/requests", RequestList);
      return requests.filter(({ state }) => state === "pending").map(ofWork);
    }
    case "grant": {
      const { grants } = await api.get("/api/grants", GrantList);
      return grants.filter(({ state }) => state === "open" || state === "scheduled").map(ofWork);
    }
    case "session": {
      const { sessions } = await api.get("/api/sessions", SessionList);
      return sessions.filter(({ state }) => state !== "ended").map(ofWork);
    }
    case "lock": {
      const { locks } = await api.get("/api/locks", LockList);
      return locks.filter(({ liftedAt }) => liftedAt === null).map(ofLock);
    }
    case "target":
      return lockTargets[wanted.kind](api);
  }
}

/** Of each thing its short names that mean no other, and its id where it has none. */
export function candidates(things: readonly Named[]): Candidate[] {
  return things.flatMap((thing) => {
    const about = [thing.names.join(" · "), thing.where].filter((part) => part !== undefined).join(", ");
    const short = new Set(thing.names.flatMap(shortNames).filter((word) => onlyMeaning(things, word) === thing));
    const words = short.size > 0 ? [...short] : [thing.id];
    return words.map((word) => ({ word, about }));
  });
}

/** Its halves up to the first space, as far as no shell reads more in them than letters: names come from a server. */
const shortNames = (name: string) =>
  halves(name)
    .map((half) => half.split(" ")[0] ?? "")
    .filter((word) => /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u.test(word));

function onlyMeaning(things: readonly Named[], word: string): Named | undefined {
  const found = meant(things, word, (thing) => thing);
  return found.length === 1 ? found[0] : undefined;
}
