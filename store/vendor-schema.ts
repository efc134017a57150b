import type { ColumnType } from "kysely";
import type { Id } from "../protocol/make-id.ts";
import type { DossierKind } from "../protocol/vendor.ts";

type Flag = number;
type Immutable<T> = ColumnType<T, T, never>;

/** What hospitals keep of vendors, as rows. */
export interface VendorSchema {
  vendor: {
    id: Immutable<Id<"vendor">>;
    name: string;
    contact: string | null;
    /** JSON array: at which domains its people have their mail. */
    mail_domains: string;
    active: Flag;
  };
  contract: {
    id: Immutable<Id<"contract">>;
    vendor: Id<"vendor">;
    device: Id<"device">;
    starts_at: string;
    ends_at: string;
  };
  /** Which company works for which hospital, before it has a device there. */
  vendor_site: { vendor: Immutable<Id<"vendor">>; site: Immutable<Id<"site">>; since: Immutable<string> };
  /** What a hospital keeps of a company: days are of the calendar. */
  dossier: {
    id: Immutable<Id<"dossier">>;
    vendor: Immutable<Id<"vendor">>;
    site: Immutable<Id<"site">>;
    kind: DossierKind;
    number: string;
    issued: string;
    expires: string | null;
    /** Where the paper itself lies. */
    reference: string | null;
  };
  /** A company that works on another's devices at a site; null while the hospital has not consented. */
  subcontract: {
    id: Immutable<Id<"subcontract">>;
    site: Immutable<Id<"site">>;
    vendor: Immutable<Id<"vendor">>;
    subcontractor: Immutable<Id<"vendor">>;
    consent_from: string | null;
    consent_until: string | null;
    note: string | null;
  };
  /** What a vendor must confirm to have erased once it works here no more; `site` is null where that is anywhere. */
  erasure_task: {
    id: Immutable<Id<"erasure">>;
    vendor: Immutable<Id<"vendor">>;
    site: Immutable<Id<"site"> | null>;
    what: Immutable<string>;
    due: Immutable<string>;
    opened_at: Immutable<string>;
    confirmed_at: string | null;
    confirmed_by: Id<"person"> | null;
    /** Of the certificate that says so. */
    reference: string | null;
  };
  /** Each time that a vendor said that somebody still works there; the newest counts. */
  /** One row: how long a vendor's word on somebody counts. */
  attestation_rule: { name: Immutable<"interval">; interval_ms: number };
  attestation: {
    id: Immutable<Id<"attestation">>;
    person: Immutable<Id<"person">>;
    vendor: Immutable<Id<"vendor">>;
    at: Immutable<string>;
    by: Immutable<Id<"person">>;
  };
  /** For whom that was owed too long, since when; until it is said again. */
  suspension: { person: Immutable<Id<"person">>; vendor: Immutable<Id<"vendor">>; since: Immutable<string> };
}
