import { admit } from "../authority/admission.ts";
import { approvalGround, reportMismatch } from "../authority/approval-ground.ts";
import { beginApproval, finishApproval } from "../authority/approve.ts";
import { ask, deny, withdraw } from "../authority/ask.ts";
import type { Context } from "../authority/context.ts";
import { freeze } from "../authority/freeze.ts";
import { viewRequest, viewRequests } from "../authority/request-view.ts";
import { revoke } from "../authority/revoke.ts";
import { endOne } from "../authority/session-end.ts";
import { ApprovalBegin, ApprovalFinish } from "../protocol/api/approval.ts";
import { ApprovalGround, ApprovalMismatch } from "../protocol/api/approval-ground.ts";
import { DeviceList } from "../protocol/api/device.ts";
import { GrantList, GrantView, Revocation } from "../protocol/api/grant.ts";
import { Denial, RequestCreate, RequestList, RequestView } from "../protocol/api/request.ts";
import {
  SessionCreate,
  SessionEnd,
  SessionEntries,
  SessionEntriesQuery,
  SessionFreeze,
  SessionList,
  SessionView,
} from "../protocol/api/session.ts";
import { signingRoles } from "../protocol/approvers.ts";
import { GenkanError } from "../protocol/error.ts";
import { faces } from "../protocol/face.ts";
import { type Id as IdOf, isId } from "../protocol/make-id.ts";
import { Nothing } from "../protocol/schema.ts";
import { deviceView, listDevices } from "../store/device.ts";
import { listGrants } from "../store/grant.ts";
import { listEntries } from "../store/recording.ts";
import { listSessions } from "../store/session.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

const staffWhoLook = ["approver", "officer", "administrator", "auditor"] as const;

/** Asking, approving, connecting and ending. */
export function workRoutes(c: Context): Endpoint[] {
  const { db } = c.store;
  return [
    endpoint({
      method: "GET",
      url: "/api/devices",
      faces,
      permission: ["technician", "vendor-administrator", ...staffWhoLook],
      audit: "device.read",
      reply: DeviceList,
      handle: async ({ caller }) => ({
        devices: (await listDevices(db, caller.scope)).map((device) =>
          deviceView(device, (agent) => c.agents.find(agent) !== null),
        ),
      }),
    }),
    endpoint({
      method: "GET",
      url: "/api/requests",
      faces,
      permission: "signed-in",
      audit: "request.read",
      reply: RequestList,
      handle: async ({ caller }) => ({ requests: await viewRequests(db, caller.scope, c.now()) }),
    }),
    endpoint({
      method: "GET",
      url: "/api/requests/:id",
      faces,
      permission: "signed-in",
      audit: "request.read",
      params: PathId("request"),
      reply: RequestView,
      handle: ({ caller, params }) => viewRequest(db, caller.scope, params.id, c.now()),
    }),
    endpoint({
      method: "POST",
      url: "/api/requests",
      faces: ["portal"],
      permission: ["technician"],
      audit: "request.create",
      body: RequestCreate.body,
      reply: RequestView,
      status: 201,
      handle: ({ caller, body }) => ask(c, caller, body),
    }),
    endpoint({
      method: "POST",
      url: "/api/requests/:id/withdrawal",
      faces: ["portal"],
      permission: ["technician"],
      audit: "request.withdraw",
      params: PathId("request"),
      body: Nothing,
      reply: RequestView,
      handle: ({ caller, params }) => withdraw(c, caller, params.id),
    }),
    endpoint({
      method: "POST",
      url: "/api/requests/:id/denial",
      faces: ["staff"],
      permission: signingRoles,
      audit: "request.deny",
      params: PathId("request"),
      body: Denial.body,
      reply: RequestView,
      handle: ({ caller, params, body }) => deny(c, caller, params.id, body.reason),
    }),
    endpoint({
      method: "GET",
      url: "/api/requests/:id/ground",
      faces: ["staff"],
      permission: staffWhoLook,
      audit: "request.read",
      params: PathId("request"),
      reply: ApprovalGround,
      handle: ({ caller, params }) => approvalGround(c, caller, params.id),
    }),
    endpoint({
      method: "POST",
      url: "/api/requests/:id/mismatch",
      faces: ["staff"],
      permission: signingRoles,
      audit: "request.mismatch",
      params: PathId("request"),
      body: ApprovalMismatch.body,
      reply: Nothing,
      handle: async ({ caller, params, body }) => {
        await reportMismatch(c, caller, params.id, body.faults);
        return {};
      },
    }),
    endpoint({
      method: "POST",
      url: "/api/requests/:id/approval/begin",
      faces: ["staff"],
      permission: signingRoles,
      audit: "request.approve",
      params: PathId("request"),
      body: ApprovalBegin.body,
      reply: ApprovalBegin.reply,
      handle: ({ caller, params, body }) => beginApproval(c, caller, params.id, body.windows),
    }),
    endpoint({
      method: "POST",
      url: "/api/requests/:id/approval",
      faces: ["staff"],
      permission: signingRoles,
      audit: "request.approve",
      params: PathId("request"),
      body: ApprovalFinish.body,
      reply: ApprovalFinish.reply,
      status: 201,
      handle: ({ caller, params, body }) => finishApproval(c, caller, params.id, body.ceremony, body.response),
    }),
    endpoint({
      method: "GET",
      url: "/api/grants",
      faces,
      permission: "signed-in",
      audit: "grant.read",
      reply: GrantList,
      handle: async ({ caller }) => ({ grants: await listGrants(db, caller.scope, c.now()) }),
    }),
    endpoint({
      method: "GET",
      url: "/api/grants/:id",
      faces,
      permission: "signed-in",
      audit: "grant.read",
      params: PathId("grant"),
      reply: GrantView,
      handle: async ({ caller, params }) => found((await listGrants(db, caller.scope, c.now(), params.id))[0]),
    }),
    endpoint({
      method: "POST",
      url: "/api/grants/:id/revocation",
      faces: ["staff"],
      permission: ["approver", "officer"],
      audit: "grant.revoke",
      params: PathId("grant"),
      body: Revocation.body,
      reply: GrantView,
      handle: ({ caller, params, body }) => revoke(c, caller, params.id, body.reason),
    }),
    endpoint({
      method: "POST",
      url: "/api/sessions",
      faces: ["portal"],
      permission: ["technician"],
      audit: "session.admit",
      body: SessionCreate.body,
      reply: SessionCreate.reply,
      status: 201,
      handle: ({ caller, body, request }) => admit(c, caller, body, gatewayOf(request.raw.socket)),
    }),
    endpoint({
      method: "GET",
      url: "/api/sessions",
      faces,
      permission: "signed-in",
      audit: "session.read",
      reply: SessionList,
      handle: async ({ caller }) => ({ sessions: await listSessions(db, caller.scope) }),
    }),
    endpoint({
      method: "GET",
      url: "/api/sessions/:id",
      faces,
      permission: "signed-in",
      audit: "session.read",
      params: PathId("session"),
      reply: SessionView,
      handle: async ({ caller, params }) => found((await listSessions(db, caller.scope, params.id))[0]),
    }),
    endpoint({
      method: "GET",
      url: "/api/sessions/:id/entries",
      faces,
      permission: "signed-in",
      audit: "recording.read",
      params: PathId("session"),
      query: SessionEntriesQuery,
      reply: SessionEntries,
      handle: async ({ caller, params, query }) =>
        found(await listEntries(db, caller.scope, params.id, query.from ?? 0)),
    }),
    endpoint({
      method: "POST",
      url: "/api/sessions/:id/end",
      faces,
      permission: ["technician", "approver", "officer"],
      audit: "session.end",
      params: PathId("session"),
      body: SessionEnd.body,
      reply: SessionView,
      handle: ({ caller, params, body }) => endOne(c, caller, params.id, body.reason),
    }),
    endpoint({
      method: "POST",
      url: "/api/sessions/:id/freeze",
      faces: ["staff"],
      permission: ["officer"],
      audit: "session.freeze",
      params: PathId("session"),
      body: SessionFreeze.body,
      reply: SessionView,
      handle: ({ caller, params, body }) => freeze(c, caller, params.id, body),
    }),
  ];
}

/** The gateway over which a connection to the portal has come: whoever hands it to the server says so on it. */
function gatewayOf(socket: object): IdOf<"gateway"> | null {
  return "gateway" in socket && isId("gateway", socket.gateway) ? socket.gateway : null;
}

/** Unknown and forbidden look alike. */
function found<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new GenkanError("not-found");
  return value;
}
