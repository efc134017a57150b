import { newId } from "../crypto/random.ts";
import type { SiteSaid, SiteView } from "../protocol/api/site.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { findSite, insertSite, updateSite } from "../store/site.ts";
import type { Store } from "../store/store.ts";
import { actorOf, type Caller } from "./caller.ts";
import { isZone } from "./facts.ts";
import { requireNotLocked } from "./not-locked.ts";
import { requireName } from "./required-name.ts";

/**
 * A hospital that this installation guards, by whoever administers the installation, there or on its host. Throws `bad-request` for
 * a name that nobody could read or a zone that is none, and `not-found` for an administrator of a site alone.
 */
export async function addSite(store: Store, said: SiteSaid, at: Date, by: Caller): Promise<Id<"site">> {
  check(said);
  if (!by.scope.unbounded) throw new GenkanError("not-found");
  const id = newId("site");
  await store.change(async (change) => {
    await requireNotLocked(change.db, by, null);
    await insertSite(change.db, { id, ...said });
    await change.audit({
      at,
      action: "site.add",
      outcome: "done",
      actor: actorOf(by),
      site: id,
      subjects: { site: id },
      facts: { ...said },
    });
    change.touch("register");
  });
  return id;
}

/** Says a site anew: what was asked, signed and logged keeps the words of its time. Throws `not-found`, `bad-request`. */
export async function changeSite(
  store: Store,
  caller: Caller,
  id: Id<"site">,
  said: SiteSaid,
  at: Date,
): Promise<SiteView> {
  check(said);
  return store.change(async (change) => {
    await requireNotLocked(change.db, caller, id);
    const before = await findSite(change.db, caller.scope, id);
    if (!before) throw new GenkanError("not-found");
    await updateSite(change.db, caller.scope, id, said);
    const { name, zone, contact } = before;
    await change.audit({
      at,
      action: "site.change",
      outcome: "done",
      actor: actorOf(caller),
      site: id,
      subjects: { site: id },
      facts: { ...said, before: { name, zone, contact } },
    });
    change.touch("register");
    return { ...before, ...said };
  });
}

/**
 * Turns a site off, or on again. While it is off nothing can be asked or begun at its devices, and what lives there ends with the
 * next round of leases. Throws `not-found`.
 */
export async function setSiteActive(
  store: Store,
  caller: Caller,
  id: Id<"site">,
  active: boolean,
  at: Date,
): Promise<SiteView> {
  return store.urgent(async (change) => {
    await requireNotLocked(change.db, caller, id);
    const before = await findSite(change.db, caller.scope, id);
    if (!before) throw new GenkanError("not-found");
    if (before.active === active) return before;
    await updateSite(change.db, caller.scope, id, { active });
    await change.audit({
      at,
      action: active ? "site.enable" : "site.disable",
      outcome: "done",
      actor: actorOf(caller),
      site: id,
      subjects: { site: id },
    });
    change.touch("register", "requests", "grants");
    return { ...before, active };
  });
}

function check(said: SiteSaid): void {
  requireName("site's name", said.name);
  if (said.contact !== null) requireName("contact", said.contact);
  if (!isZone(said.zone)) throw new GenkanError("bad-request", `${said.zone} is no time zone, such as Asia/Tokyo.`);
}
