import type { Context } from "../authority/context.ts";
import { testReach } from "../authority/reach.ts";
import { viewServices } from "../authority/service-view.ts";
import { ReachTested, ServiceList } from "../protocol/api/service.ts";
import { Nothing } from "../protocol/schema.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

const staff = ["staff"] as const;

/** Devices' services where they are in the network, and whether they are reached: for the hospital's own people. */
export function serviceRoutes(c: Context): Endpoint[] {
  return [
    endpoint({
      method: "GET",
      url: "/api/services",
      faces: staff,
      permission: ["approver", "officer", "administrator", "auditor"],
      audit: "device.read",
      reply: ServiceList,
      handle: async ({ caller }) => ({ services: await viewServices(c, caller) }),
    }),
    endpoint({
      method: "POST",
      url: "/api/services/:id/reach-test",
      faces: staff,
      permission: ["administrator"],
      audit: "device.reach-test",
      params: PathId("service"),
      body: Nothing,
      reply: ReachTested,
      handle: ({ caller, params }) => testReach(c, caller, params.id),
    }),
  ];
}
