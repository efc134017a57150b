import type { Context } from "../authority/context.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { changeRetention, changeRules } from "../authority/site-rules.ts";
import { InstallationView } from "../protocol/api/installation.ts";
import { RetentionList, RetentionSaid } from "../protocol/api/retention.ts";
import { TrustRules } from "../protocol/api/trust.ts";
import { Nothing } from "../protocol/schema.ts";
import { listRetention } from "../store/retention.ts";
import { cutting } from "./cutting.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

const shared = { faces: ["staff"], permission: ["administrator"] } as const;

/** What holds for a site or for all of them: who must approve, what is kept for how long, and under which names the hosts are reached. */
export function siteRuleRoutes(c: Context, leases: LeaseRenewal): Endpoint[] {
  const { store } = c;
  return [
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/trust/rules",
      audit: "trust.rules",
      body: TrustRules,
      reply: Nothing,
      handle: ({ caller, body }) => cutting(leases, changeRules(store, caller, body, c.now())),
    }),
    endpoint({
      ...shared,
      method: "GET",
      url: "/api/retention",
      audit: "retention.read",
      reply: RetentionList,
      handle: async ({ caller }) => ({ sites: await listRetention(store.db, caller.scope) }),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/retention",
      audit: "retention.set",
      body: RetentionSaid,
      reply: Nothing,
      handle: async ({ caller, body }) => {
        await changeRetention(store, caller, body, c.now());
        return {};
      },
    }),
    endpoint({
      ...shared,
      method: "GET",
      url: "/api/installation",
      audit: "installation.read",
      reply: InstallationView,
      handle: async () => ({ ...c.hosts }),
    }),
  ];
}
