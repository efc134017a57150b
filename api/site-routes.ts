import type { Context } from "../authority/context.ts";
import { justWritten } from "../authority/just-written.ts";
import { addSite, changeSite, setSiteActive } from "../authority/site.ts";
import { SiteList, SiteSaid, SiteView } from "../protocol/api/site.ts";
import { Nothing } from "../protocol/schema.ts";
import { findSite, listSites } from "../store/site.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

const staff = ["staff"] as const;

/** The hospitals of an installation, for those who administer them. */
export function siteRoutes(c: Context): Endpoint[] {
  return [
    endpoint({
      method: "GET",
      url: "/api/sites",
      faces: staff,
      permission: ["administrator"],
      audit: "site.read",
      reply: SiteList,
      handle: async ({ caller }) => ({ sites: await listSites(c.store.db, caller.scope) }),
    }),
    endpoint({
      method: "POST",
      url: "/api/sites",
      faces: staff,
      permission: ["administrator"],
      audit: "site.add",
      body: SiteSaid,
      reply: SiteView,
      status: 201,
      handle: async ({ caller, body }) => {
        const id = await addSite(c.store, body, c.now(), caller);
        return justWritten((await findSite(c.store.db, caller.scope, id)) ?? undefined);
      },
    }),
    ...([true, false] as const).map((active) =>
      endpoint({
        method: "POST",
        url: `/api/sites/:id/${active ? "enable" : "disable"}`,
        faces: staff,
        permission: ["administrator"],
        audit: active ? "site.enable" : "site.disable",
        params: PathId("site"),
        body: Nothing,
        reply: SiteView,
        handle: ({ caller, params }) => setSiteActive(c.store, caller, params.id, active, c.now()),
      }),
    ),
    endpoint({
      method: "POST",
      url: "/api/sites/:id",
      faces: staff,
      permission: ["administrator"],
      audit: "site.change",
      params: PathId("site"),
      body: SiteSaid,
      reply: SiteView,
      handle: ({ caller, params, body }) => changeSite(c.store, caller, params.id, body, c.now()),
    }),
  ];
}
