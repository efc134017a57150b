import Type from "typebox";
import { Id } from "../id.ts";
import { PersonRef, RoleName, Site, Vendor, VendorOrNull } from "../person.ts";
import { Base64Url, ByName, Count, Instant, Name, Nullable, OneOf, Sha256, Strict } from "../schema.ts";

/** One record of the log: who did what to what, with what outcome and why. */
export const AuditBody = Strict({
  at: Instant,
  action: Type.String({ maxLength: 64 }),
  outcome: OneOf(["allowed", "refused", "done"]),
  /** Null for what the system or an unknown caller did. */
  actor: Nullable(PersonRef),
  site: Nullable(Id("site")),
  vendor: Nullable(Id("vendor")),
  /** Ids of what it was about, by kind. */
  subjects: ByName(Type.String()),
  reasons: Type.Array(Type.String()),
  /** Facts that the decision stood on; classified, never a secret. */
  facts: ByName(Type.Unknown()),
});
export type AuditBody = Type.Static<typeof AuditBody>;

export const AuditRecordView = Strict({
  id: Id("audit"),
  /** Position in the log; null while it waits for its checkpoint. */
  index: Nullable(Type.Integer({ minimum: 0 })),
  /** Null when it was erased by law. */
  body: Nullable(AuditBody),
});
export type AuditRecordView = Type.Static<typeof AuditRecordView>;
/** Query of GET /api/audit */
export const AuditQuery = Strict({
  before: Type.Optional(Count),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
/** GET /api/audit?before=INDEX&limit=N, newest first */
export const AuditPage = Strict({
  records: Type.Array(AuditRecordView),
  size: Type.Integer(),
  checkpoint: Nullable(Type.String()),
  /** Verifier key of the log: whoever holds it verifies an export offline. */
  key: Type.String(),
});

/** GET /api/agents */
export const AgentView = Strict({
  id: Id("agent"),
  name: Name,
  site: Site,
  key: Sha256,
  connected: Type.Boolean(),
  lastSeenAt: Nullable(Instant),
  recorderReady: Type.Boolean(),
  /** Difference of the clocks, agent minus authority, milliseconds. */
  clockSkewMs: Nullable(Type.Integer()),
  trust: Nullable(Strict({ version: Type.Integer(), hash: Sha256 })),
});
export type AgentView = Type.Static<typeof AgentView>;
export const AgentList = Strict({
  agents: Type.Array(AgentView),
  gateways: Type.Array(Strict({ id: Id("gateway"), name: Name, address: Type.String(), connected: Type.Boolean() })),
});

/** GET /api/trust: the site's list of approvers' keys as agents pin it. */
export const TrustView = Strict({
  current: Nullable(
    Strict({
      version: Type.Integer(),
      hash: Sha256,
      approvers: Type.Array(Strict({ person: PersonRef, credential: Type.String(), expires: Instant })),
    }),
  ),
  /** Version n+1, waiting for signatures of version n's approvers. */
  proposed: Nullable(
    Strict({
      version: Type.Integer(),
      hash: Sha256,
      approvers: Type.Array(Strict({ person: PersonRef, credential: Type.String(), expires: Instant })),
      signedBy: Type.Array(PersonRef),
      threshold: Type.Integer(),
    }),
  ),
});
export type TrustView = Type.Static<typeof TrustView>;
/** POST /api/trust/signature/begin and POST /api/trust/signature */
export const TrustSign = {
  beginReply: Strict({
    ceremony: Id("ceremony"),
    statement: Base64Url(200_000),
    options: Type.Object({}, { additionalProperties: true }),
  }),
  body: Strict({ ceremony: Id("ceremony"), response: Type.Object({}, { additionalProperties: true }) }),
};

/** GET /api/vendors */
export const VendorList = Strict({ vendors: Type.Array(Vendor) });

/** GET /api/people: for locks and oversight. */
export const PersonView = Strict({
  id: Id("person"),
  name: Name,
  roles: Type.Array(RoleName),
  vendor: VendorOrNull,
  site: Nullable(Site),
  active: Type.Boolean(),
  locked: Type.Boolean(),
});
export type PersonView = Type.Static<typeof PersonView>;
export const PersonList = Strict({ people: Type.Array(PersonView) });

/**
 * Messages of the live-event WebSocket, GET /api/events: names of what changed, so that a page asks again. Nothing else
 * travels there, so a missed message costs a delay and no more.
 */
export const topics = ["requests", "grants", "sessions", "locks", "agents", "audit", "trust", "me"] as const;
export type Topic = (typeof topics)[number];
export const LiveEvent = Strict({ topics: Type.Array(OneOf(topics)) });
export type LiveEvent = Type.Static<typeof LiveEvent>;

/** What processes of one installation tell each other over the bus: the same names, and which process says so. */
export const BusHint = Strict({ from: Type.String({ maxLength: 64 }), topics: Type.Array(OneOf(topics)) });
export type BusHint = Type.Static<typeof BusHint>;
