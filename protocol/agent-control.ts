import Type from "typebox";
import { EndReasonName } from "./end-reason.ts";
import { Id } from "./id.ts";
import { AgentReport, ReachName, Target } from "./reach.ts";
import { Counts, RecordEntry } from "./recording.ts";
import {
  Base64Url,
  Count,
  Instant,
  Jws,
  LeaseJws,
  Name,
  Nothing,
  Nullable,
  OneOf,
  Pin,
  RequestJws,
  Sha256,
  SmallCount,
  Strict,
  TokenText,
  Version,
} from "./schema.ts";
import { tlsExceptions } from "./service.ts";
import { Site } from "./site.ts";
import { SignedByPasskey } from "./statement.ts";
import { Release } from "./version.ts";

/**
 * Messages on the control link between agent and authority (mutual TLS with pinned keys, end to end through the gateway).
 * Framing and replies: `docs/protocol.md`, "Control link". A member of the maps below is one message: what is sent, and
 * what the other side replies.
 */

/** Sent by the agent. */
export const agentMessages = {
  /** Before all else, and in this shape for good: an agent that is too old is told so, whatever else it would say. */
  version: { send: Strict({ version: Release }), reply: Strict({ version: Release }) },
  /** Next, of a host that has no id yet. Its key is the one proven in TLS. */
  join: {
    /** `sealKey`: X25519 public key, 32 bytes, base64url. */
    send: Strict({ token: Base64Url(64), name: Name, sealKey: Base64Url(43) }),
    reply: Strict({ agent: Id("agent"), site: Site }),
  },
  /** Next, of a joined agent. */
  hello: {
    send: Strict({
      clock: Instant,
      recorder: Type.Boolean(),
      trust: Nullable(Strict({ version: Version, hash: Sha256 })),
      /** Keys of the gateways that its host names. */
      gateways: Type.Array(Pin, { minItems: 1, maxItems: 8 }),
      report: AgentReport,
      /** Sessions that it still serves. */
      sessions: Type.Array(Id("session"), { maxItems: 4_096 }),
    }),
    reply: Strict({ agent: Id("agent"), name: Name, clock: Instant }),
  },
  status: {
    send: Strict({
      clock: Instant,
      recorder: Type.Boolean(),
      trust: Nullable(Strict({ version: Version, hash: Sha256 })),
      /** Keys of the gateways that its host names. */
      gateways: Type.Array(Pin, { minItems: 1, maxItems: 8 }),
      report: AgentReport,
    }),
    reply: Nothing,
  },
  /** One-time tokens for more legs of a session. */
  "leg.request": {
    send: Strict({ session: Id("session"), count: Type.Integer({ minimum: 1, maximum: 64 }) }),
    reply: Strict({ tokens: Type.Array(TokenText, { maxItems: 64 }) }),
  },
  "session.begun": { send: Strict({ session: Id("session") }), reply: Nothing },
  "session.counts": { send: Strict({ session: Id("session"), counts: Counts }), reply: Nothing },
  /** The reply is the receipt: entries are kept by the agent until then. */
  "session.entries": {
    send: Strict({
      session: Id("session"),
      /** Number of the first entry in the recording, from 0; the authority drops what it has. */
      first: SmallCount,
      entries: Type.Array(RecordEntry, { minItems: 1, maxItems: 256 }),
    }),
    reply: Nothing,
  },
  "session.ended": {
    send: Strict({ session: Id("session"), reason: EndReasonName, counts: Counts, at: Instant }),
    reply: Nothing,
  },
} as const;

/** Sent by the authority. */
export const agentOrders = {
  /** A list of approvers newer than the agent's. Version 1 waits for a person on the agent's host. */
  "trust.propose": {
    send: Strict({ statement: Base64Url(200_000), signatures: Type.Array(SignedByPasskey, { maxItems: 16 }) }),
    reply: Strict({ pinned: Type.Boolean() }),
  },
  "nonce.request": { send: Nothing, reply: Strict({ nonce: Base64Url(64) }) },
  "session.admit": {
    send: Strict({
      ticket: Jws,
      /** The signed request that the grant answers. */
      request: RequestJws,
      /** Exact bytes of the grant, base64url. */
      grant: Base64Url(32_768),
      approvals: Type.Array(SignedByPasskey, { maxItems: 16 }),
      /** One-time tokens for the session's legs at the gateway. */
      legTokens: Type.Array(TokenText, { minItems: 1, maxItems: 64 }),
    }),
    reply: Strict({
      /** For the workstation's proof. */
      proofNonce: Base64Url(64),
      /** Until this agent ends the session, by the later of both clocks: what everybody is shown and warned by. */
      leftMs: Count,
    }),
  },
  lease: { send: Strict({ lease: LeaseJws }), reply: Nothing },
  "session.cut": { send: Strict({ session: Id("session"), reason: EndReasonName }), reply: Nothing },
  /** Which of these the agent's allow-list names. Nothing is dialled. */
  "targets.listed": {
    send: Strict({ targets: Type.Array(Target, { minItems: 1, maxItems: 256 }) }),
    reply: Strict({ listed: Type.Array(Type.Boolean(), { maxItems: 256 }) }),
  },
  /** One connection to what the allow-list names, closed at once: no byte goes to the device but those of a TLS handshake. */
  "target.reach": {
    send: Strict({ target: Target, tls: Nullable(Type.Array(OneOf(tlsExceptions), { maxItems: 2 })) }),
    reply: Strict({ reach: ReachName }),
  },
} as const;
