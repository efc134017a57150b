import Type from "typebox";
import { Window } from "../grant.ts";
import { Id } from "../id.ts";
import { PersonRef, Site, Vendor } from "../person.ts";
import {
  Base64Url,
  Instant,
  Name,
  Nullable,
  OneOf,
  PlanText,
  ReasonText,
  Sha256,
  Strict,
  ZoneName,
} from "../schema.ts";
import { Service } from "../service.ts";

/** GET /api/devices. An address is for staff and the agent; technicians see the service, not the network. */
export const DeviceView = Strict({
  id: Id("device"),
  name: Name,
  site: Site,
  /** IANA zone of the site. */
  zone: ZoneName,
  model: Type.String(),
  vendor: Vendor,
  services: Type.Array(
    Strict({ id: Id("service"), name: Name, protocol: Service.properties.protocol, port: Service.properties.port }),
  ),
  agent: Strict({ id: Id("agent"), name: Name, connected: Type.Boolean() }),
});
export type DeviceView = Type.Static<typeof DeviceView>;
export const DeviceList = Strict({ devices: Type.Array(DeviceView) });

/**
 * `pending` → `approved` (a grant exists) | `denied` | `withdrawn` | `expired` (its window passed unanswered).
 */
export const requestStates = ["pending", "approved", "denied", "withdrawn", "expired"] as const;

/** POST /api/requests */
export const RequestCreate = {
  body: Strict({
    device: Id("device"),
    services: Type.Array(Id("service"), { minItems: 1, maxItems: 16 }),
    window: Window,
    zone: ZoneName,
    reason: ReasonText,
    plan: PlanText,
  }),
};

export const RequestView = Strict({
  id: Id("request"),
  state: OneOf(requestStates),
  person: PersonRef,
  vendor: Vendor,
  site: Site,
  /** Zone of the site; `zone` is the requester's. */
  siteZone: ZoneName,
  device: Strict({ id: Id("device"), name: Name, model: Type.String() }),
  services: Type.Array(
    Strict({ id: Id("service"), name: Name, protocol: Service.properties.protocol, port: Service.properties.port }),
  ),
  workstation: Strict({ id: Id("workstation"), label: Name }),
  window: Window,
  zone: ZoneName,
  reason: ReasonText,
  plan: PlanText,
  createdAt: Instant,
  decidedAt: Nullable(Instant),
  decidedBy: Nullable(PersonRef),
  denial: Nullable(ReasonText),
  grant: Nullable(Id("grant")),
});
export type RequestView = Type.Static<typeof RequestView>;
export const RequestList = Strict({ requests: Type.Array(RequestView) });

/** POST /api/requests/:id/denial */
export const Denial = { body: Strict({ reason: ReasonText }) };

/**
 * POST /api/requests/:id/approval/begin: the exact grant that results, and the challenge to sign. `window` may be
 * shorter than asked, never wider.
 */
export const ApprovalBegin = {
  body: Strict({ window: Window }),
  reply: Strict({
    ceremony: Id("ceremony"),
    /** Exact bytes of the grant and of the approval statement, base64url; the page shows what they say. */
    grant: Base64Url(32_768),
    grantHash: Sha256,
    statement: Base64Url(16_384),
    /** PublicKeyCredentialRequestOptionsJSON; its challenge is the statement's hash, which the page checks itself. */
    options: Type.Object({}, { additionalProperties: true }),
  }),
};
/** POST /api/requests/:id/approval */
export const ApprovalFinish = {
  body: Strict({ ceremony: Id("ceremony"), response: Type.Object({}, { additionalProperties: true }) }),
};

/** `scheduled`, `open` and `closed` follow the clock; `revoked` is for good. */
export const grantStates = ["scheduled", "open", "closed", "revoked"] as const;
export const GrantView = Strict({
  id: Id("grant"),
  hash: Sha256,
  request: Id("request"),
  state: OneOf(grantStates),
  person: PersonRef,
  vendor: Vendor,
  site: Site,
  siteZone: ZoneName,
  device: Strict({ id: Id("device"), name: Name, model: Type.String() }),
  services: Type.Array(
    Strict({ id: Id("service"), name: Name, protocol: Service.properties.protocol, port: Service.properties.port }),
  ),
  workstation: Strict({ id: Id("workstation"), label: Name }),
  window: Window,
  zone: ZoneName,
  reason: ReasonText,
  approvers: Type.Array(PersonRef),
  approvedAt: Instant,
  revokedAt: Nullable(Instant),
  revokedBy: Nullable(PersonRef),
  revocation: Nullable(ReasonText),
});
export type GrantView = Type.Static<typeof GrantView>;
export const GrantList = Strict({ grants: Type.Array(GrantView) });
/** POST /api/grants/:id/revocation */
export const Revocation = { body: Strict({ reason: ReasonText }) };
