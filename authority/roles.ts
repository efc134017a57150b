import { hostActor } from "../protocol/audit.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Role } from "../protocol/person.ts";
import { setRoles } from "../store/person.ts";
import type { Store } from "../store/store.ts";
import { personOf } from "./person-active.ts";
import { proposeTrust } from "./trust.ts";

/**
 * Gives a person these roles, and takes all others. What somebody approved in a role that they no longer hold counts no
 * longer: live sessions are decided again, and the site's list of approvers follows. Throws `not-found`.
 */
export async function changeRoles(
  store: Store,
  login: string,
  roles: readonly Role[],
  at: Date,
): Promise<Id<"person">> {
  return store.change(async (change) => {
    const person = await personOf(change, login);
    await setRoles(change.db, person.id, roles);
    if (person.site) await proposeTrust(change, person.site.id, at);
    await change.audit({
      at,
      action: "person.roles",
      outcome: "done",
      actor: hostActor,
      site: person.site?.id ?? null,
      vendor: person.vendor?.id ?? null,
      subjects: { person: person.id },
      facts: { roles, before: person.roles },
    });
    change.touch("me");
    return person.id;
  });
}
