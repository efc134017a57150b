import { hash } from "node:crypto";
import type { AuditAudience, AuditOwner } from "../protocol/audit-export.ts";

/**
 * Whose record it is, blinded: what a leaf commits to, and what others are shown of a record that is withheld from them.
 * Whoever knows an id sees whether it is this one; nobody sees from it which id it is, nor that two records have one owner.
 */
export interface BlindOwner {
  /** 32 bytes, of this record alone; the record's own salt can't be found from it. */
  readonly ownerSalt: Uint8Array;
  /** SHA-256 of the owner's salt and the site, 32 bytes. */
  readonly site: Uint8Array;
  readonly vendor: Uint8Array;
}

/** `salt`: the record's. */
export function blindOwner(salt: Uint8Array, { site, vendor }: AuditOwner): BlindOwner {
  const ownerSalt = hash("sha256", Buffer.concat([Buffer.from("genkan/audit-owner/v1\0"), salt]), "buffer");
  return { ownerSalt, site: blind(ownerSalt, "site", site), vendor: blind(ownerSalt, "vendor", vendor) };
}

/** As `isTold`, of an owner that is blinded. */
export function isToldBlind(audience: AuditAudience | null, { ownerSalt, site, vendor }: BlindOwner): boolean {
  if (audience === null) return true;
  if (audience.sites.length === 0) return false;
  const isSite = (id: string | null) => Buffer.compare(site, blind(ownerSalt, "site", id)) === 0;
  const isVendor = (id: string | null) => Buffer.compare(vendor, blind(ownerSalt, "vendor", id)) === 0;
  return audience.sites.some(isSite) || (isSite(null) && (isVendor(null) || audience.vendors.some(isVendor)));
}

function blind(ownerSalt: Uint8Array, kind: "site" | "vendor", id: string | null): Uint8Array {
  return hash("sha256", Buffer.concat([ownerSalt, Buffer.from(JSON.stringify([kind, id]))]), "buffer");
}

/** Whose record a body is. What is no JSON was never written by the log: it is nobody's, so that everybody is told it. */
export function ownerOf(body: string): AuditOwner {
  const read = parsed(body);
  const id = (value: unknown) => (typeof value === "string" ? value : null);
  return { site: id(read?.site), vendor: id(read?.vendor) };
}

function parsed(body: string): { site?: unknown; vendor?: unknown } | null {
  try {
    return JSON.parse(body) as { site?: unknown; vendor?: unknown } | null;
  } catch {
    return null;
  }
}
