import { joinCommand, renameAgent, setAgentOn } from "../authority/agent.ts";
import type { Context } from "../authority/context.ts";
import { addGateway, changeGateway, setGatewayOn } from "../authority/gateway.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { changeRetention, changeRules } from "../authority/site-rules.ts";
import { AgentSaid, AgentToken } from "../protocol/api/agent.ts";
import { GatewayList, GatewaySaid } from "../protocol/api/gateway.ts";
import { InstallationView } from "../protocol/api/installation.ts";
import { RetentionList, RetentionSaid } from "../protocol/api/retention.ts";
import { TrustRules } from "../protocol/api/trust.ts";
import { Id } from "../protocol/id.ts";
import type { IdKind } from "../protocol/make-id.ts";
import { Nothing, Strict } from "../protocol/schema.ts";
import { listGateways } from "../store/gateway.ts";
import { listRetention } from "../store/retention.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

const Of = <K extends IdKind>(kind: K) => Strict({ id: Id(kind) });
const shared = { faces: ["staff"], permission: ["administrator"] } as const;

/** Agents, gateways, and what holds for a site or for all: for those who administer it. */
export function registerRoutes(c: Context, leases: LeaseRenewal): Endpoint[] {
  const { store } = c;
  /** What ends sessions or links has ended them when it answers. */
  const cutting = async (work: Promise<unknown>) => {
    await work;
    await leases.round();
    return {};
  };
  return [
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/agents/token",
      audit: "agent.token",
      body: AgentToken.body,
      reply: AgentToken.reply,
      status: 201,
      handle: ({ caller, body }) => joinCommand(c, body.site, c.now(), caller),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/agents/:id",
      audit: "agent.rename",
      params: Of("agent"),
      body: AgentSaid,
      reply: Nothing,
      handle: async ({ caller, params, body }) => {
        await renameAgent(store, caller, params.id, body.name, c.now());
        return {};
      },
    }),
    ...([true, false] as const).map((active) =>
      endpoint({
        ...shared,
        method: "POST",
        url: `/api/agents/:id/${active ? "enable" : "disable"}`,
        audit: active ? "agent.enable" : "agent.disable",
        params: Of("agent"),
        body: Nothing,
        reply: Nothing,
        handle: ({ caller, params }) => cutting(setAgentOn(store, params.id, active, c.now(), caller)),
      }),
    ),
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
      handle: ({ caller, body }) => cutting(addGateway(store, body, c.now(), caller)),
    }),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/gateways/:id",
      audit: "gateway.change",
      params: Of("gateway"),
      body: GatewaySaid,
      reply: Nothing,
      handle: ({ caller, params, body }) => cutting(changeGateway(store, caller, params.id, body, c.now())),
    }),
    ...([true, false] as const).map((active) =>
      endpoint({
        ...shared,
        method: "POST",
        url: `/api/gateways/:id/${active ? "enable" : "disable"}`,
        audit: active ? "gateway.enable" : "gateway.disable",
        params: Of("gateway"),
        body: Nothing,
        reply: Nothing,
        handle: ({ caller, params }) => cutting(setGatewayOn(store, caller, params.id, active, c.now())),
      }),
    ),
    endpoint({
      ...shared,
      method: "POST",
      url: "/api/trust/rules",
      audit: "trust.rules",
      body: TrustRules,
      reply: Nothing,
      handle: ({ caller, body }) => cutting(changeRules(store, caller, body, c.now())),
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
