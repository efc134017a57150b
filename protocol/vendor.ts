import type Type from "typebox";
import { Id } from "./id.ts";
import { Name, Nullable, Strict } from "./schema.ts";

export const Vendor = Strict({ id: Id("vendor"), name: Name });
export type Vendor = Type.Static<typeof Vendor>;

/** What papers a hospital keeps of a company: of its security management, its privacy mark, of a device (MDS, SDS), another. */
export const dossierKinds = ["isms", "privacy-mark", "mds", "sds", "other"] as const;
export type DossierKind = (typeof dossierKinds)[number];

export const VendorOrNull = Nullable(Vendor);
