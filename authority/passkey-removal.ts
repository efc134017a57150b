import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { listAuthenticators, listStaffKeys, removeAuthenticator } from "../store/authenticator.ts";
import { placesOf } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Change, Store } from "../store/store.ts";
import { personOf } from "./administered.ts";
import { currentApprovers, keysFor } from "./approvers.ts";
import { actorOf, type HostCaller } from "./caller.ts";
import { signOutEverywhere } from "./person-active.ts";
import { proposeTrust, retireTrust } from "./trust.ts";

/**
 * Removes a passkey on the authority's host: it signs nothing more, and its person is signed out everywhere, for nobody
 * knows which sign-in was a thief's. The site's next list of approvers is without it; once that is in force, what it
 * approved counts no more. Throws `not-found`, and `state-conflict` for the last key of a site's approvers unless `evenLast`:
 * then the list is out of force, what stands on it ends, and nobody approves until somebody has enrolled.
 */
export async function removePasskey(
  store: Store,
  { login, id, evenLast }: { login: string; id: Id<"authenticator">; evenLast: boolean },
  at: Date,
  by: HostCaller,
): Promise<void> {
  await store.urgent(async (change) => {
    const person = await personOf(change, login, by);
    const known = await listAuthenticators(change.db, by.scope, person.id);
    const passkey = known.find((one) => one.id === id && one.kind === "passkey");
    if (!passkey) throw new GenkanError("not-found", `${login} has no passkey ${id}.`);
    await removeAuthenticator(change.db, id);
    await signOutEverywhere(change, person.id, at);
    const places = placesOf(person);
    const ended: string[] = [];
    for (const { site } of places)
      if (site !== null && (await wasLast(change, site, [passkey.credential ?? ""], at))) ended.push(site);
    if (ended.length > 0 && !evenLast)
      throw new GenkanError("state-conflict", "It is the last key of the site's approvers: nobody could approve.");
    for (const { site } of places)
      if (site !== null) await (ended.includes(site) ? retireTrust(change, site) : proposeTrust(change, site, at));
    for (const place of places)
      await change.audit({
        at,
        action: "passkey.remove",
        outcome: "done",
        actor: actorOf(by),
        ...place,
        subjects: { person: person.id, authenticator: id },
        facts: { credential: passkey.credential, last: place.site !== null && ended.includes(place.site) },
      });
    change.touch("me", "requests", "grants");
  });
}

/** After these keys have gone: a site's list follows, or is out of force where nobody is left to sign one. */
export async function followList(
  change: Change,
  site: Id<"site">,
  credentials: readonly string[],
  at: Date,
): Promise<void> {
  await ((await wasLast(change, site, credentials, at)) ? retireTrust(change, site) : proposeTrust(change, site, at));
}

/** Whether the list in force names one of these keys, and no approver of the site has another. */
async function wasLast({ db }: Change, site: Id<"site">, credentials: readonly string[], at: Date): Promise<boolean> {
  const system = Scope.system();
  const list = await currentApprovers(db, system, site);
  if (!list?.keys.some((key) => credentials.includes(key.credential))) return false;
  return keysFor(list.rules, await listStaffKeys(db, system, site, at), at).length === 0;
}
