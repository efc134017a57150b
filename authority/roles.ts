import { hostActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Role } from "../protocol/person.ts";
import { findPersonByLogin, setRoles } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Store } from "../store/store.ts";
import { proposeTrust } from "./trust.ts";

/**
 * Gives a person these roles, and takes all others. What somebody approved in a role that they no longer hold counts no
 * longer: live sessions are decided again, and the site's list of approvers follows. Throws `not-found`.
 */
export async function changeRoles(store: Store, login: string, roles: readonly Role[], at: Date): Promise<string> {
  const system = Scope.system();
  return store.change(async (change) => {
    const person = await findPersonByLogin(change.db, system, login);
    if (!person) throw new GenkanError("not-found", `Nobody signs in as ${login}.`);
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
