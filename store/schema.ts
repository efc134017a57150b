import type { ColumnType, Generated } from "kysely";
import type { Hash, Thumbprint } from "../protocol/brand.ts";
import type { Client } from "../protocol/client.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import type { Face } from "../protocol/face.ts";
import type { LockedKind, LockKind } from "../protocol/lock.ts";
import type { Id } from "../protocol/make-id.ts";
import type { WorkstationKeyKind } from "../protocol/workstation.ts";
import type { CodeSchema } from "./code-schema.ts";
import type { DeviceSchema } from "./device-schema.ts";
import type { ProviderSchema } from "./provider-schema.ts";
import type { VendorSchema } from "./vendor-schema.ts";

/**
 * Rows. Instants are RFC 3339 UTC text with milliseconds, which sorts as time does; JSON and sealed values are text;
 * booleans are 0 or 1. Both dialects hold the same.
 */
type Immutable<T> = ColumnType<T, T, never>;
type Flag = number;

export interface Schema extends CodeSchema, DeviceSchema, ProviderSchema, VendorSchema {
  setting: { key: Immutable<string>; value: string };
  /** `contact`: whom a technician calls at night. */
  site: { id: Immutable<Id<"site">>; name: string; zone: string; contact: string | null; active: Flag };
  person: {
    id: Immutable<Id<"person">>;
    name: string;
    login: string;
    active: Flag;
    created_at: Immutable<string>;
    /** Null: by whoever has the authority's host. */
    invited_by: Immutable<Id<"person"> | null>;
  };
  /** Where a person belongs, at most once each: a site or a vendor, the other is null. */
  membership: {
    id: Immutable<Id<"membership">>;
    person: Immutable<Id<"person">>;
    site: Immutable<Id<"site"> | null>;
    vendor: Immutable<Id<"vendor"> | null>;
    /** JSON array of roles. */
    roles: ColumnType<string, string, string>;
    /** From then on it counts no more; null: without end. */
    until: string | null;
  };
  /** Whom a provider means. No decision reads it: who signs in by it has a `sign_in` as everybody. */
  identity: {
    id: Immutable<Id<"identity">>;
    person: Immutable<Id<"person">>;
    issuer: Immutable<string>;
    subject: Immutable<string>;
  };
  enrolment: {
    code_hash: Immutable<Hash>;
    person: Id<"person">;
    created_at: Immutable<string>;
    expires_at: string;
    /** When it was worth nothing any more: somebody enrolled by it or by another, or another was given in its place. */
    used_at: string | null;
    /** Who gave it; null: whoever has the authority's host. */
    given_by: Immutable<Id<"person"> | null>;
    /** Of a link in place of what was lost: why. Null: of an invitation. */
    reason: Immutable<string | null>;
  };
  authenticator: {
    id: Immutable<Id<"authenticator">>;
    person: Immutable<Id<"person">>;
    kind: Immutable<"passkey" | "password-totp">;
    /** Passkey: rpID and origin of the host it was made on. */
    rp: string | null;
    origin: string | null;
    credential: string | null;
    /** COSE_Key, base64url. */
    public_key: string | null;
    transports: string | null;
    label: string;
    /** Of a passkey: the make of its authenticator, where it says so (WebAuthn Level 3, section 6.5.1). */
    aaguid: Immutable<string | null>;
    password_hash: string | null;
    totp_sealed: string | null;
    /** Last TOTP time step that was accepted: it and all before are used. */
    totp_step: number | null;
    created_at: Immutable<string>;
    /** When it last signed in, or signed. */
    used_at: string | null;
    expires_at: string;
  };
  ceremony: {
    id: Immutable<Id<"ceremony">>;
    kind: Immutable<"enrolment" | "sign-in" | "approval" | "trust" | "account">;
    face: Immutable<Face>;
    person: Immutable<Id<"person"> | null>;
    /** What it is bound to, e.g. the sign-in that began it. */
    bound_to: Immutable<string | null>;
    challenge: Immutable<string>;
    data: Immutable<string>;
    expires_at: Immutable<string>;
    used_at: string | null;
  };
  sign_in: {
    id: Immutable<Id<"signIn">>;
    token_hash: Immutable<Hash>;
    person: Immutable<Id<"person">>;
    face: Immutable<Face>;
    kind: Immutable<"cookie" | "cli">;
    /** JSON array of proven factors. */
    factors: Immutable<string>;
    /** Thumbprint of the DPoP key of a command line. */
    dpop_key: Immutable<Thumbprint | null>;
    workstation: Id<"workstation"> | null;
    /** From where, as budgets know it. */
    network: Immutable<string | null>;
    created_at: Immutable<string>;
    used_at: string;
    expires_at: Immutable<string>;
    ended_at: string | null;
  };
  workstation: {
    id: Immutable<Id<"workstation">>;
    person: Immutable<Id<"person">>;
    label: string;
    created_at: Immutable<string>;
    /** Its person took its keys away: it asks for nothing more. */
    removed_at: string | null;
  };
  workstation_key: {
    id: Immutable<Id<"workstationKey">>;
    workstation: Id<"workstation">;
    kind: Immutable<WorkstationKeyKind>;
    thumbprint: Immutable<Thumbprint>;
    jwk: Immutable<string>;
    created_at: Immutable<string>;
  };
  request: {
    id: Immutable<Id<"request">>;
    site: Immutable<Id<"site">>;
    vendor: Immutable<Id<"vendor">>;
    person: Immutable<Id<"person">>;
    workstation: Immutable<Id<"workstation">>;
    device: Immutable<Id<"device">>;
    hash: Immutable<Hash>;
    /** As it was signed: a compact JWS. What stands beside it is there to be searched by. */
    statement: Immutable<string>;
    /** End of its last window. */
    closes_at: Immutable<string>;
    state: "pending" | "approved" | "denied" | "withdrawn";
    created_at: Immutable<string>;
    decided_at: string | null;
    decided_by: Id<"person"> | null;
    denial: string | null;
  };
  grant: {
    id: Immutable<Id<"grant">>;
    hash: Immutable<Hash>;
    request: Immutable<Id<"request">>;
    site: Immutable<Id<"site">>;
    vendor: Immutable<Id<"vendor">>;
    person: Immutable<Id<"person">>;
    workstation: Immutable<Id<"workstation">>;
    device: Immutable<Id<"device">>;
    agent: Immutable<Id<"agent">>;
    /** Exact bytes, base64url. */
    bytes: Immutable<string>;
    proposed_at: Immutable<string>;
    /** Since when its approvals are enough; null while it is proposed. Written once. */
    approved_at: string | null;
    revoked_at: string | null;
    revoked_by: Id<"person"> | null;
    revocation: string | null;
  };
  grant_window: { grant: Immutable<Id<"grant">>; start: Immutable<string>; end: Immutable<string> };
  approval: {
    id: Immutable<Id<"approval">>;
    grant: Immutable<Id<"grant">>;
    person: Immutable<Id<"person">>;
    /** SignedByPasskey as JSON. */
    signed: Immutable<string>;
    created_at: Immutable<string>;
  };
  session: {
    id: Immutable<Id<"session">>;
    grant: Immutable<Id<"grant">>;
    site: Immutable<Id<"site">>;
    vendor: Immutable<Id<"vendor">>;
    person: Immutable<Id<"person">>;
    workstation: Immutable<Id<"workstation">>;
    device: Immutable<Id<"device">>;
    service: Immutable<Id<"service">>;
    agent: Immutable<Id<"agent">>;
    gateway: Immutable<Id<"gateway">>;
    sign_in: Immutable<Id<"signIn">>;
    client: Immutable<Client>;
    host: Immutable<string>;
    state: "admitted" | "live" | "ended";
    /** All null while its bytes flow. */
    frozen_at: string | null;
    frozen_by: Id<"person"> | null;
    frozen_reason: string | null;
    started_at: Immutable<string>;
    ended_at: string | null;
    reason: EndReason | null;
    ended_by: Id<"person"> | null;
    bytes_up: number;
    bytes_down: number;
    connections: number;
    /** When its agent will end it, by the authority's clock. */
    window_end: string;
    /** Epoch at which it was last decided, and until when the clock leaves that decision standing. */
    epoch: number;
    valid_until: string | null;
  };
  /** What a recording has used of its budget, and whether the agent has closed it. */
  recording: { session: Immutable<Id<"session">>; bytes: number; certificates: number; closed: Flag };
  session_entry: { session: Immutable<Id<"session">>; number: Immutable<number>; entry: Immutable<string> };
  lock: {
    id: Immutable<Id<"lock">>;
    kind: Immutable<LockKind>;
    target: Immutable<Id<LockedKind> | null>;
    site: Immutable<Id<"site"> | null>;
    name: Immutable<string | null>;
    reason: Immutable<string>;
    created_at: Immutable<string>;
    created_by: Immutable<Id<"person">>;
    lifted_at: string | null;
    lifted_by: Id<"person"> | null;
  };
  /** One counter: raised in the transaction of every change to a fact that a decision stands on. */
  epoch: { name: Immutable<string>; value: number };
  approver_list: {
    site: Immutable<Id<"site">>;
    version: Immutable<number>;
    hash: Immutable<Hash>;
    /** Exact bytes, base64url. */
    statement: Immutable<string>;
    /** JSON array of SignedByPasskey. */
    signatures: string;
    state: "proposed" | "current" | "replaced";
    created_at: Immutable<string>;
  };
  outbox: { seq: Generated<number>; id: Immutable<Id<"audit">>; salt: Immutable<string>; body: Immutable<string> };
  log_record: {
    index: Immutable<number>;
    id: Immutable<Id<"audit">>;
    salt: string | null;
    body: string | null;
    /** Hash of the leaf, base64url: all that is left of an erased record. */
    leaf: Immutable<string>;
  };
  /** Beside the log, made from it: what a record is found by. Without what was erased. */
  log_index: {
    index: number;
    at: string;
    /** Site, else vendor, else empty. */
    owner: string;
    action: string;
    outcome: string;
  };
  /** Each id that a record names, by the kind under which it does; who acted, too. */
  log_subject: { id: string; kind: string; owner: string; at: string; index: number };
  /** What a person had written into the log on a day (UTC). */
  log_use: { person: Immutable<string>; day: Immutable<string>; bytes: number };
  log_checkpoint: { size: Immutable<number>; note: Immutable<string>; created_at: Immutable<string> };
}
