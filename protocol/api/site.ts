import Type from "typebox";
import { Id } from "../id.ts";
import { Name, Nullable, Strict, ZoneName } from "../schema.ts";

/** What an administrator says of a site. A contact is a number or an address that a technician calls at 2 a.m. */
const said = { name: Name, zone: ZoneName, contact: Nullable(Name) };

/** GET /api/sites */
export const SiteView = Strict({ id: Id("site"), ...said, active: Type.Boolean() });
export type SiteView = Type.Static<typeof SiteView>;
export const SiteList = Strict({ sites: Type.Array(SiteView) });

/** POST /api/sites, and POST /api/sites/:id to say it anew. */
export const SiteSaid = Strict(said);
export type SiteSaid = Type.Static<typeof SiteSaid>;
