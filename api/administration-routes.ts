import type { Context } from "../authority/context.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { agentRoutes } from "./agent-routes.ts";
import { attestationRoutes } from "./attestation-routes.ts";
import { deviceRoutes } from "./device-routes.ts";
import type { Endpoint } from "./endpoint.ts";
import { gatewayRoutes } from "./gateway-routes.ts";
import { serviceRoutes } from "./service-routes.ts";
import { siteRoutes } from "./site-routes.ts";
import { siteRuleRoutes } from "./site-rule-routes.ts";
import { vendorRoutes } from "./vendor-routes.ts";

/** What is kept of hospitals, companies and devices: for those who administer it. */
export const administrationRoutes = (context: Context, leases: LeaseRenewal): Endpoint[] => [
  ...siteRoutes(context),
  ...vendorRoutes(context),
  ...attestationRoutes(context),
  ...serviceRoutes(context),
  ...deviceRoutes(context, leases),
  ...agentRoutes(context, leases),
  ...gatewayRoutes(context, leases),
  ...siteRuleRoutes(context, leases),
];
