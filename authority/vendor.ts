import { Check } from "typebox/value";
import { newId } from "../crypto/random.ts";
import { type VendorAdd, type VendorFile, VendorSaid } from "../protocol/api/vendor.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { listContracts } from "../store/contract.ts";
import type { Db } from "../store/database.ts";
import { listDossier } from "../store/dossier.ts";
import { listErasures } from "../store/erasure.ts";
import type { Scope } from "../store/scope.ts";
import { findSite } from "../store/site.ts";
import type { Store } from "../store/store.ts";
import { listSubcontracts } from "../store/subcontract.ts";
import {
  engageVendor,
  findVendor,
  insertVendor,
  listVendorSites,
  listVendors,
  updateVendor,
  type VendorRow,
  vendorsBeyond,
} from "../store/vendor.ts";
import { actorOf, type Caller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { requireName } from "./required-name.ts";

/**
 * A company, and the hospital for which it works first. Throws `bad-request` for a name that nobody could read, `not-found` for a site
 * that is not the caller's, or none from somebody who does not administer the installation.
 */
export async function addVendor(store: Store, said: VendorAdd, at: Date, by: Caller): Promise<Id<"vendor">> {
  check(said);
  const { site, ...rest } = said;
  const id = newId("vendor");
  await store.change(async (change) => {
    await requireNotLocked(change.db, by, site);
    if (site === null ? !by.scope.unbounded : !(await findSite(change.db, by.scope, site)))
      throw new GenkanError("not-found");
    await insertVendor(change.db, { id, ...rest });
    if (site !== null) await engageVendor(change.db, id, site, at);
    await change.audit({
      at,
      action: "vendor.add",
      outcome: "done",
      actor: actorOf(by),
      site,
      vendor: id,
      subjects: { vendor: id, ...(site === null ? {} : { site }) },
      facts: rest,
    });
    change.touch("register");
  });
  return id;
}

/**
 * Says a company anew: what was asked, signed and logged keeps the words of its time. Throws `bad-request`, `not-found`, and
 * `denied` where it works for another's hospital too.
 */
export async function changeVendor(
  store: Store,
  by: Caller,
  id: Id<"vendor">,
  said: VendorSaid,
  at: Date,
): Promise<VendorFile> {
  check(said);
  return store.change(async (change) => {
    await requireNotLocked(change.db, by, null);
    const before = await vendorFor(change.db, by.scope, id);
    if ((await vendorsBeyond(change.db, by.scope)).has(id))
      throw new GenkanError(
        "denied",
        "It works for other hospitals too: whoever administers the installation says this.",
      );
    await updateVendor(change.db, by.scope, id, said);
    const { name, contact, mailDomains } = before;
    await change.audit({
      at,
      action: "vendor.change",
      outcome: "done",
      actor: actorOf(by),
      vendor: id,
      subjects: { vendor: id },
      facts: { ...said, before: { name, contact, mailDomains } },
    });
    change.touch("register");
    return vendorFile(change.db, by.scope, id);
  });
}

/**
 * A vendor that works nowhere any more works again. Its people come back one by one, and each hospital says anew under which contract.
 * Throws `not-found` for anybody but who administers the installation.
 */
export async function enableVendor(store: Store, by: Caller, id: Id<"vendor">, at: Date): Promise<VendorFile> {
  const scope = by.scope;
  if (!scope.unbounded) throw new GenkanError("not-found");
  return store.change(async (change) => {
    await requireNotLocked(change.db, by, null);
    const { active } = await vendorFor(change.db, scope, id);
    if (active) return vendorFile(change.db, scope, id);
    await updateVendor(change.db, scope, id, { active: true });
    await change.audit({
      at,
      action: "vendor.enable",
      outcome: "done",
      actor: actorOf(by),
      vendor: id,
      subjects: { vendor: id },
    });
    change.touch("register");
    return vendorFile(change.db, scope, id);
  });
}

/** Throws `not-found` for what is unknown or beyond sight. */
export async function vendorFor(db: Db, scope: Scope, id: Id<"vendor">): Promise<VendorRow> {
  const vendor = await findVendor(db, scope, id);
  if (!vendor) throw new GenkanError("not-found");
  return vendor;
}

/** What a scope's hospitals keep of one company. Throws `not-found`. */
export async function vendorFile(db: Db, scope: Scope, id: Id<"vendor">): Promise<VendorFile> {
  const file = (await vendorFiles(db, scope)).find((one) => one.id === id);
  if (!file) throw new GenkanError("not-found");
  return file;
}

/** Of each company that works for a scope's hospitals, what these keep of it. */
export async function vendorFiles(db: Db, scope: Scope): Promise<VendorFile[]> {
  const vendors = await listVendors(db, scope);
  const sites = await listVendorSites(db, scope);
  const contracts = Map.groupBy(await listContracts(db, scope), ({ vendor }) => vendor.id);
  const dossier = Map.groupBy(await listDossier(db, scope), ({ vendor }) => vendor);
  const erasures = Map.groupBy(await listErasures(db, scope), ({ vendor }) => vendor);
  const subcontracts = await listSubcontracts(db, scope);
  const beyond = await vendorsBeyond(db, scope);
  return vendors.map((row) => ({
    ...row,
    own: !beyond.has(row.id),
    sites: sites.filter(({ vendor }) => vendor === row.id).map(({ site }) => site),
    contracts: (contracts.get(row.id) ?? []).map(({ vendor: _vendor, ...contract }) => contract),
    dossier: (dossier.get(row.id) ?? []).map(({ vendor: _vendor, ...entry }) => entry),
    subcontractors: subcontracts.filter(({ vendor }) => vendor.id === row.id),
    erasures: (erasures.get(row.id) ?? []).map(({ vendor: _vendor, ...task }) => task),
    subcontractorOf: subcontracts.filter(({ subcontractor }) => subcontractor.id === row.id),
  }));
}

function check(said: VendorSaid): void {
  requireName("vendor's name", said.name);
  if (said.contact !== null) requireName("contact", said.contact);
  const { name, contact, mailDomains } = said;
  const fits: boolean = Check(VendorSaid, { name, contact, mailDomains });
  if (!fits) throw new GenkanError("bad-request", "A mail domain is written as in medical-systems.example.");
}
