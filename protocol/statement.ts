import Type from "typebox";
import { clients } from "./client.ts";
import { Id } from "./id.ts";
import { Base64Url, DurationMs, Instant, Nullable, OneOf, Pin, Sha256, Strict } from "./schema.ts";

/** Type strings of everything that is signed. A verifier names the one that it expects; no other will do. */
export const statementTypes = {
  "genkan/request/v1": "workstation to everybody: this is asked for (JWS, ES256 or EdDSA)",
  "genkan/grant/v1": "what an approval signs for (hashed, not signed by itself)",
  "genkan/approval/v1": "an approver's yes to one or more grants (WebAuthn)",
  "genkan/approvers/v1":
    "the list of approvers that an agent pins (WebAuthn by those whom the version before requires)",
  "genkan/ticket/v1": "authority to agent: admit this session (JWS, EdDSA)",
  "genkan/lease/v1": "authority to agent or gateway: these sessions live on (JWS, EdDSA)",
  "genkan/proof/v1": "workstation to agent: it is I, for this session (JWS, ES256 or EdDSA)",
  "genkan/enrolment/v1": "workstation to authority: this key is mine (JWS, ES256 or EdDSA)",
} as const;
export type StatementType = keyof typeof statementTypes;

/** A statement that a passkey signed, as it travels and is kept: the exact bytes, and the WebAuthn assertion over them. */
export const SignedByPasskey = Strict({
  /**
   * Exact bytes of the statement, base64url. WebAuthn challenge = SHA-256(type, 0x00, bytes). In a signature on a trust
   * root, which is longer than this and travels beside its signatures, that hash itself; nobody takes it from there.
   */
  statement: Base64Url(16_384),
  credential: Base64Url(1_024),
  authenticatorData: Base64Url(4_096),
  clientDataJson: Base64Url(4_096),
  signature: Base64Url(1_024),
});
export type SignedByPasskey = Type.Static<typeof SignedByPasskey>;

export const ApprovalStatement = Strict({
  type: Type.Literal("genkan/approval/v1"),
  grants: Type.Array(Sha256, { minItems: 1, maxItems: 16 }),
  verdict: Type.Literal("approve"),
  approver: Id("person"),
  /** rpID of the host on which it was signed. */
  rp: Type.String({ minLength: 1, maxLength: 253 }),
  /** Single use at the authority; WebAuthn itself accepts a replay. */
  nonce: Base64Url(64),
});
export type ApprovalStatement = Type.Static<typeof ApprovalStatement>;

/** Payload of a ticket (JWS typ `genkan/ticket/v1`). */
export const Ticket = Strict({
  session: Id("session"),
  grant: Sha256,
  agent: Pin,
  service: Id("service"),
  /** Server name on which the client arrives at the agent. */
  host: Type.String({ minLength: 1, maxLength: 253 }),
  /** How the client proves itself: a browser by a form post, the command line inside mutual TLS. */
  client: OneOf(clients),
  /** What the client may do: operate the device. `watch` is for people who look on, and no agent serves it yet. */
  role: OneOf(["operate", "watch"]),
  /** The gateway over which the session goes, and the SHA-256 of its public key. */
  gateway: Strict({ id: Id("gateway"), key: Pin }),
  /** SHA-256 of the SubjectPublicKeyInfo of the client's TLS key; null for a browser, whose proof binds the host. */
  clientKey: Nullable(Pin),
  /** Single-use nonce that the agent gave out on its control link. */
  nonce: Base64Url(64),
  leaseMs: DurationMs,
  /** Authority's clock, for the skew check. */
  issuedAt: Instant,
});
export type Ticket = Type.Static<typeof Ticket>;

/** Payload of a lease (JWS typ `genkan/lease/v1`): a duration, never an instant. */
export const Lease = Strict({
  /** SHA-256 of the receiver's public key. */
  audience: Pin,
  /** Rises within one control link; a lower one is ignored. */
  sequence: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  sessions: Type.Array(Id("session"), { maxItems: 4_096 }),
  durationMs: DurationMs,
});
export type Lease = Type.Static<typeof Lease>;

/** Payload of a workstation's proof (JWS typ `genkan/proof/v1`, public key in the `jwk` header). */
export const Proof = Strict({
  grant: Sha256,
  session: Id("session"),
  /** The agent's nonce for this session, single use. */
  nonce: Base64Url(64),
  /** Native: `tls:<SHA-256 of the client's TLS public key>`. Browser: `host:<access host with port>`. */
  binding: Type.String({ minLength: 5, maxLength: 300 }),
});
export type Proof = Type.Static<typeof Proof>;

/** Payload with which a workstation key shows that it is held (JWS typ `genkan/enrolment/v1`, key in the `jwk` header). */
export const EnrolmentProof = Strict({
  /** Audience: the origin of the face. */
  origin: Type.String({ minLength: 1, maxLength: 512 }),
  /** What it is bound to: a sign-in's id, `device-authorization`, or `device-code:` and the code that a person typed. */
  subject: Type.String({ minLength: 1, maxLength: 128 }),
  issuedAt: Instant,
});
export type EnrolmentProof = Type.Static<typeof EnrolmentProof>;
