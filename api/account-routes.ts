import type { Context } from "../authority/context.ts";
import { invite, inviteAgain } from "../authority/invitation.ts";
import { justWritten } from "../authority/just-written.ts";
import { endMember, putMember } from "../authority/membership.ts";
import { setPersonOn } from "../authority/person-active.ts";
import { recover } from "../authority/recovery.ts";
import {
  AccountList,
  AccountView,
  Invitation,
  Leaving,
  OneTimeLink,
  Recovery,
  RolesAt,
} from "../protocol/api/account.ts";
import { faces } from "../protocol/face.ts";
import { Nothing } from "../protocol/schema.ts";
import { listAccounts } from "../store/account.ts";
import type { Scope } from "../store/scope.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { PathId } from "./path-id.ts";

/** A hospital's people by its administrators, a company's by theirs: the scope says whose. */
const administrators = ["administrator", "vendor-administrator"] as const;
const one = PathId("person");

/** People as those see them who invite them, say what they are, and turn them off. */
export function accountRoutes(c: Context): Endpoint[] {
  const view = async (scope: Scope, id: string) =>
    justWritten((await listAccounts(c.store.db, scope, c.now())).find((person) => person.id === id));
  return [
    endpoint({
      method: "GET",
      url: "/api/accounts",
      faces,
      permission: administrators,
      audit: "account.read",
      reply: AccountList,
      handle: async ({ caller }) => ({ people: await listAccounts(c.store.db, caller.scope, c.now()) }),
    }),
    endpoint({
      method: "POST",
      url: "/api/accounts",
      faces,
      permission: administrators,
      audit: "person.add",
      body: Invitation,
      reply: OneTimeLink,
      status: 201,
      handle: ({ caller, body }) => invite(c, body, c.now(), caller),
    }),
    endpoint({
      method: "POST",
      url: "/api/accounts/:id/invitation",
      faces,
      permission: administrators,
      audit: "enrolment.issue",
      params: one,
      body: Nothing,
      reply: OneTimeLink,
      handle: ({ caller, params }) => inviteAgain(c, params, c.now(), caller),
    }),
    endpoint({
      method: "POST",
      url: "/api/accounts/:id/roles",
      faces,
      permission: administrators,
      audit: "person.roles",
      params: one,
      body: RolesAt,
      reply: AccountView,
      handle: async ({ caller, params, body: { site, vendor, roles, until } }) => {
        const of = { login: params, place: { site, vendor }, roles, until: until === null ? null : new Date(until) };
        return view(caller.scope, await putMember(c.store, of, c.now(), caller));
      },
    }),
    endpoint({
      method: "POST",
      url: "/api/accounts/:id/leave",
      faces,
      permission: administrators,
      audit: "person.leave",
      params: one,
      body: Leaving,
      reply: AccountView,
      handle: async ({ caller, params, body: { site, vendor, until } }) => {
        const of = { login: params, place: { site, vendor }, until: new Date(until) };
        return view(caller.scope, await endMember(c.store, of, c.now(), caller));
      },
    }),
    endpoint({
      method: "POST",
      url: "/api/accounts/:id/recovery",
      faces,
      permission: administrators,
      audit: "passkey.recover",
      params: one,
      body: Recovery,
      reply: OneTimeLink,
      handle: ({ caller, params, body }) => recover(c, params, body.reason, c.now(), caller),
    }),
    ...([true, false] as const).map((active) =>
      endpoint({
        method: "POST",
        url: `/api/accounts/:id/${active ? "enable" : "disable"}`,
        faces,
        permission: administrators,
        audit: active ? "person.enable" : "person.disable",
        params: one,
        body: Nothing,
        reply: AccountView,
        handle: async ({ caller, params }) =>
          view(caller.scope, await setPersonOn(c.store, params, active, c.now(), caller)),
      }),
    ),
  ];
}
