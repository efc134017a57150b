import { joinCommand, renameAgent, setAgentOn } from "../authority/agent.ts";
import type { Context } from "../authority/context.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { AgentSaid, AgentToken } from "../protocol/api/agent.ts";
import { Nothing } from "../protocol/schema.ts";
import { cutting } from "./cutting.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

const shared = { faces: ["staff"], permission: ["administrator"] } as const;

/** Agents: inviting, naming and stopping them, for those who administer their site. */
export function agentRoutes(c: Context, leases: LeaseRenewal): Endpoint[] {
  const { store } = c;
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
      params: PathId("agent"),
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
        params: PathId("agent"),
        body: Nothing,
        reply: Nothing,
        handle: ({ caller, params }) => cutting(leases, setAgentOn(store, params.id, active, c.now(), caller)),
      }),
    ),
  ];
}
