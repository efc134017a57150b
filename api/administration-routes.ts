import type { Context } from "../authority/context.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { attestationRoutes } from "./attestation-routes.ts";
import { deviceRoutes } from "./device-routes.ts";
import type { Endpoint } from "./endpoint.ts";
import { registerRoutes } from "./register-routes.ts";
import { serviceRoutes } from "./service-routes.ts";
import { siteRoutes } from "./site-routes.ts";
import { vendorRoutes } from "./vendor-routes.ts";

/** What is kept of hospitals, companies and devices: for those who administer it. */
export const administrationRoutes = (context: Context, leases: LeaseRenewal): Endpoint[] => [
  ...siteRoutes(context),
  ...vendorRoutes(context),
  ...attestationRoutes(context),
  ...serviceRoutes(context),
  ...deviceRoutes(context, leases),
  ...registerRoutes(context, leases),
];
