import type { DossierSaid, VendorFile } from "../protocol/api/vendor.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { insertDossierEntry, updateDossierEntry } from "../store/dossier.ts";
import { findSite } from "../store/site.ts";
import type { Store } from "../store/store.ts";
import { actorOf, type Caller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { vendorFile, vendorFor } from "./vendor.ts";

/** Keeps a paper of a company for a hospital, or says one anew. Throws `not-found` for what is not the caller's. */
export async function putDossierEntry(
  store: Store,
  by: Caller,
  vendor: Id<"vendor">,
  { entry, ...said }: DossierSaid,
  at: Date,
): Promise<VendorFile> {
  const scope = by.scope;
  return store.change(async (change) => {
    await requireNotLocked(change.db, by, said.site);
    await vendorFor(change.db, scope, vendor);
    if (!(await findSite(change.db, scope, said.site))) throw new GenkanError("not-found");
    const { site, ...paper } = said;
    if (entry !== null && !(await updateDossierEntry(change.db, scope.at(site), { id: entry, vendor }, paper)))
      throw new GenkanError("not-found");
    const dossier = entry ?? (await insertDossierEntry(change.db, { vendor, site, ...paper }));
    await change.audit({
      at,
      action: "dossier.put",
      outcome: "done",
      actor: actorOf(by),
      site,
      vendor,
      subjects: { vendor, dossier },
      facts: paper,
    });
    change.touch("register");
    return vendorFile(change.db, scope, vendor);
  });
}
