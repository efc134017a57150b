import type { OneTimeLink } from "../protocol/api/account.ts";
import { GenkanError } from "../protocol/error.ts";
import { listAuthenticators, removeAuthenticator } from "../store/authenticator.ts";
import { findPerson, type Person, placesOf } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { personOf, requireWhole, type Whom } from "./administered.ts";
import { actorOf, type Caller } from "./caller.ts";
import type { Context } from "./context.ts";
import { requireNotLocked } from "./not-locked.ts";
import { belongsNowhere, giveLink } from "./one-time-link.ts";
import { followList } from "./passkey-removal.ts";
import { signOutEverywhere } from "./person-active.ts";
import { faceOf } from "./sign-in.ts";

/**
 * Somebody has lost what they sign in with: another person puts a link for a day in its place, and says why. What they had is good for
 * nothing from then on: it signs nothing, they are signed out everywhere, and the lists of approvers of their sites go on without it,
 * until what they enrol now is in one. Throws `not-found`, `denied` for oneself and for somebody who belongs to others' places too, and
 * `state-conflict` for somebody who has nothing to lose.
 */
export async function recover(
  c: Pick<Context, "store" | "hosts">,
  whom: Whom,
  reason: string,
  at: Date,
  by: Caller,
): Promise<OneTimeLink> {
  const system = Scope.system();
  return c.store.urgent(async (change) => {
    await requireNotLocked(change.db, by, null);
    const { id, login, active } = await personOf(change, whom, by);
    const person = (await findPerson(change.db, system, id, at)) as Person;
    requireWhole(by, person, at);
    const face = faceOf(person);
    if (face === null) throw belongsNowhere(login);
    const known = await listAuthenticators(change.db, system, id);
    if (!active || known.length === 0)
      throw new GenkanError("state-conflict", `${login} is turned off, or has not enrolled yet.`);
    for (const one of known) await removeAuthenticator(change.db, one.id);
    await signOutEverywhere(change, id, at);
    const passkeys = known.flatMap(({ credential }) => credential ?? []);
    for (const place of placesOf(person)) {
      if (place.site !== null) await followList(change, place.site, passkeys, at);
      await change.audit({
        at,
        action: "passkey.recover",
        outcome: "done",
        actor: actorOf(by),
        ...place,
        subjects: { person: id },
        facts: { passkeys, reason },
      });
    }
    const link = await giveLink(change, c.hosts, { person, face }, at, by, reason);
    change.touch("me", "requests", "grants", "register");
    return link;
  });
}
