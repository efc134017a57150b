import type { SubcontractSaid, VendorFile } from "../protocol/api/vendor.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { findSite } from "../store/site.ts";
import type { Store } from "../store/store.ts";
import { putSubcontract } from "../store/subcontract.ts";
import { actorOf, type Caller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { vendorFile, vendorFor } from "./vendor.ts";

/**
 * A hospital says whether, and from when until when, a company may work on another's devices there; it replaces what was said
 * before. What stands on it lives no longer: sessions are decided again. Throws `bad-request` for a span that is none or a
 * company that works for itself, `not-found` for what is not the caller's.
 */
export async function consentTo(
  store: Store,
  by: Caller,
  vendor: Id<"vendor">,
  { site, subcontractor, consent, note }: SubcontractSaid,
  at: Date,
): Promise<VendorFile> {
  if (vendor === subcontractor) throw new GenkanError("bad-request", "A company is no subcontractor of its own.");
  if (consent && consent.until <= consent.from)
    throw new GenkanError("bad-request", "The consent ends before it begins.");
  const scope = by.scope;
  return store.urgent(async (change) => {
    await requireNotLocked(change.db, by, site);
    await vendorFor(change.db, scope, vendor);
    await vendorFor(change.db, scope, subcontractor);
    if (!(await findSite(change.db, scope, site))) throw new GenkanError("not-found");
    const id = await putSubcontract(change.db, { site, vendor, subcontractor }, { consent, note });
    await change.audit({
      at,
      action: "subcontract.consent",
      outcome: "done",
      actor: actorOf(by),
      site,
      vendor,
      subjects: { vendor, subcontract: id },
      facts: { subcontractor, consent, note },
    });
    change.touch("register", "requests", "grants");
    return vendorFile(change.db, scope, vendor);
  });
}
