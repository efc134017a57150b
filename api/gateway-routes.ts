import type { Context } from "../authority/context.ts";
import { addGateway, changeGateway, setGatewayOn } from "../authority/gateway.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { GatewayList, GatewaySaid } from "../protocol/api/gateway.ts";
import { Nothing } from "../protocol/schema.ts";
import { listGateways } from "../store/gateway.ts";
import { cutting } from "./cutting.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

const shared = { faces: ["staff"], permission: ["administrator"] } as const;

/** Gateways, for those who administer the installation. */
export function gatewayRoutes(c: Context, leases: LeaseRenewal): Endpoint[] {
  const { store } = c;
  return [
    endpoint({
      ...shared,
      method: "GET",
      url: "/api/gateways",
      audit: "gateway.read",
      reply: GatewayList,
      handle: async () => ({
        gateways: (await listGateways(store.db)).map((row) => ({ ...row, connected: c.gateways.isConnected(row.id) })),
      }),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/gateways",
      audit: "gateway.add",
      body: GatewaySaid,
      reply: Nothing,
      status: 201,
      handle: ({ caller, body }) => cutting(leases, addGateway(store, body, c.now(), caller)),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/gateways/:id",
      audit: "gateway.change",
      params: PathId("gateway"),
      body: GatewaySaid,
      reply: Nothing,
      handle: ({ caller, params, body }) => cutting(leases, changeGateway(store, caller, params.id, body, c.now())),
    }),
    ...([true, false] as const).map((active) =>
      endpoint({
        ...shared,
        method: "POST",
        url: `/api/gateways/:id/${active ? "enable" : "disable"}`,
        audit: active ? "gateway.enable" : "gateway.disable",
        params: PathId("gateway"),
        body: Nothing,
        reply: Nothing,
        handle: ({ caller, params }) => cutting(leases, setGatewayOn(store, caller, params.id, active, c.now())),
      }),
    ),
  ];
}
