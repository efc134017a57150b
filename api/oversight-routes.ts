import type { Context } from "../authority/context.ts";
import type { LeaseRenewal } from "../authority/lease-renewal.ts";
import { lift, lock } from "../authority/lock.ts";
import { viewTrusts } from "../authority/trust.ts";
import { beginTrustSignature, finishTrustSignature } from "../authority/trust-signature.ts";
import { AgentList } from "../protocol/api/agent.ts";
import { LockCreate, LockLift, LockList, LockView } from "../protocol/api/lock.ts";
import { PersonList } from "../protocol/api/person.ts";
import { TrustList, TrustSign, TrustView } from "../protocol/api/trust.ts";
import { VendorList } from "../protocol/api/vendor.ts";
import { signingRoles } from "../protocol/approvers.ts";
import { listAgents } from "../store/agent.ts";
import { listGateways } from "../store/gateway.ts";
import { listLocks } from "../store/lock.ts";
import { listPeople } from "../store/person.ts";
import { listVendors } from "../store/vendor.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

const staff = ["staff"] as const;
const everyone = ["approver", "officer", "administrator", "auditor"] as const;

/** Watching and locking: for the hospital's own people. */
export function oversightRoutes(c: Context, leases: LeaseRenewal): Endpoint[] {
  const { db } = c.store;
  return [
    endpoint({
      method: "GET",
      url: "/api/locks",
      faces: staff,
      permission: everyone,
      audit: "lock.read",
      reply: LockList,
      handle: async ({ caller }) => ({ locks: await listLocks(db, caller.scope) }),
    }),
    endpoint({
      method: "POST",
      url: "/api/locks",
      faces: staff,
      permission: ["officer"],
      audit: "lock.set",
      body: LockCreate.body,
      reply: LockView,
      status: 201,
      handle: ({ caller, body }) => lock(c, leases, caller, body),
    }),
    endpoint({
      method: "POST",
      url: "/api/locks/:id/lift",
      faces: staff,
      permission: ["officer"],
      audit: "lock.lift",
      params: PathId("lock"),
      body: LockLift.body,
      reply: LockView,
      handle: ({ caller, params, body }) => lift(c, caller, params.id, body.reason),
    }),
    endpoint({
      method: "GET",
      url: "/api/people",
      faces: staff,
      permission: everyone,
      audit: "person.read",
      reply: PersonList,
      handle: async ({ caller }) => ({
        people: (await listPeople(db, caller.scope)).map(({ id, name, memberships, active, locked }) => ({
          id,
          name,
          memberships,
          active,
          locked,
        })),
      }),
    }),
    endpoint({
      method: "GET",
      url: "/api/vendors",
      faces: staff,
      permission: everyone,
      audit: "vendor.read",
      reply: VendorList,
      handle: async ({ caller }) => ({ vendors: await listVendors(db, caller.scope) }),
    }),
    endpoint({
      method: "GET",
      url: "/api/agents",
      faces: staff,
      permission: everyone,
      audit: "agent.read",
      reply: AgentList,
      handle: async ({ caller }) => ({
        agents: (await listAgents(db, caller.scope)).map((agent) => ({
          id: agent.id,
          name: agent.name,
          site: agent.site,
          key: agent.key,
          connected: c.agents.find(agent.id) !== null,
          active: agent.active,
          lastSeenAt: agent.seenAt,
          recorderReady: agent.recorder,
          clockSkewMs: agent.skewMs,
          report: c.agents.reports.of(agent.id),
          trust: agent.trust,
        })),
        gateways: (await listGateways(db)).map(({ id, name, host, port }) => ({
          id,
          name,
          address: `${host}:${port}`,
          connected: c.gateways.isConnected(id),
        })),
      }),
    }),
    endpoint({
      method: "GET",
      url: "/api/trust",
      faces: staff,
      permission: everyone,
      audit: "trust.read",
      reply: TrustList,
      handle: async ({ caller }) => ({ sites: await viewTrusts(db, caller.scope) }),
    }),
    endpoint({
      method: "POST",
      url: "/api/trust/signature/begin",
      faces: staff,
      permission: signingRoles,
      audit: "trust.sign",
      body: TrustSign.begin,
      reply: TrustSign.beginReply,
      handle: ({ caller, body }) => beginTrustSignature(c, caller, body.site),
    }),
    endpoint({
      method: "POST",
      url: "/api/trust/signature",
      faces: staff,
      permission: signingRoles,
      audit: "trust.sign",
      body: TrustSign.body,
      reply: TrustView,
      handle: ({ caller, body }) => finishTrustSignature(c, leases, caller, body.ceremony, body.response),
    }),
  ];
}
