import Type from "typebox";
import { Id } from "../id.ts";
import { limits } from "../limits.ts";
import { Day, Instant, Name, Nullable, OneOf, ReasonText, Strict } from "../schema.ts";
import { Site } from "../site.ts";
import { dossierKinds, Vendor } from "../vendor.ts";
import { ErasureView } from "./offboarding.ts";

/** GET /api/vendors */
export const VendorList = Strict({ vendors: Type.Array(Vendor) });

/** A domain as it stands behind the @ of an address, in small letters. */
const MailDomain = Type.String({
  maxLength: 253,
  pattern: "^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$",
});

/** What an administrator says of a company. None of its people is invited at another domain than these. */
const said = {
  name: Name,
  contact: Nullable(Name),
  mailDomains: Type.Array(MailDomain, { maxItems: limits.mailDomainsPerVendor }),
};
/** POST /api/vendors/:id: says it anew. */
export const VendorSaid = Strict(said);
export type VendorSaid = Type.Static<typeof VendorSaid>;
/** POST /api/vendors: the site for which it works first; null for none yet, which only the installation's own may say. */
export const VendorAdd = Strict({ ...said, site: Nullable(Id("site")) });
export type VendorAdd = Type.Static<typeof VendorAdd>;

const paper = {
  kind: OneOf(dossierKinds),
  number: Name,
  issued: Day,
  expires: Nullable(Day),
  /** Where the paper itself lies. */
  reference: Nullable(Name),
};
/** A paper that a hospital keeps of a company. */
export const DossierView = Strict({ id: Id("dossier"), site: Site, ...paper });
export type DossierView = Type.Static<typeof DossierView>;
/** POST /api/vendors/:id/dossier: another paper, or that one anew. */
export const DossierSaid = Strict({ entry: Nullable(Id("dossier")), site: Id("site"), ...paper });
export type DossierSaid = Type.Static<typeof DossierSaid>;

/** Since when and until when a hospital consents; the end is not included. */
const Consent = Strict({ from: Instant, until: Instant });
/** A company that works on another's devices at a site; without consent it may ask for none. */
export const SubcontractView = Strict({
  id: Id("subcontract"),
  site: Site,
  vendor: Vendor,
  subcontractor: Vendor,
  consent: Nullable(Consent),
  note: Nullable(ReasonText),
});
export type SubcontractView = Type.Static<typeof SubcontractView>;
/** POST /api/vendors/:id/subcontractors: the whole of what is said of it now. */
export const SubcontractSaid = Strict({
  site: Id("site"),
  subcontractor: Id("vendor"),
  consent: Nullable(Consent),
  note: Nullable(ReasonText),
});
export type SubcontractSaid = Type.Static<typeof SubcontractSaid>;

/** All that the caller's hospitals keep of a company. */
export const VendorFile = Strict({
  id: Id("vendor"),
  ...said,
  active: Type.Boolean(),
  /** Whether the caller may change what is said of it: it works at no site beyond theirs. */
  own: Type.Boolean(),
  sites: Type.Array(Site),
  contracts: Type.Array(
    Strict({
      id: Id("contract"),
      site: Site,
      device: Strict({ id: Id("device"), name: Name }),
      starts: Instant,
      ends: Instant,
    }),
  ),
  dossier: Type.Array(DossierView),
  /** Who works for it, and for whom it works. */
  subcontractors: Type.Array(SubcontractView),
  subcontractorOf: Type.Array(SubcontractView),
  /** What it has still to confirm, or has confirmed, to have erased. */
  erasures: Type.Array(ErasureView),
});
export type VendorFile = Type.Static<typeof VendorFile>;
/** GET /api/vendor-files */
export const VendorFileList = Strict({ vendors: Type.Array(VendorFile) });
