import Type from "typebox";
import { Id } from "./id.ts";
import {
  Base64Url,
  Count,
  Instant,
  Jws,
  LeaseJws,
  Name,
  Nullable,
  Sha256,
  SmallCount,
  Strict,
  Version,
} from "./schema.ts";
import { EndReasonName, SignedByPasskey } from "./statement.ts";

/**
 * Messages on the control link between agent and authority (mutual TLS with pinned keys, end to end through the gateway).
 * Framing and replies: `docs/protocol.md`, "Control link". A member of the maps below is one message: what is sent, and
 * what the other side replies.
 */
export const Counts = Strict({
  /** Bytes from the client to the device, and back. */
  up: Count,
  down: Count,
  connections: SmallCount,
});
export type Counts = Type.Static<typeof Counts>;

/** One row of a recording. `http`: one request. `tcp`: one connection, when it closed. */
export const RecordEntry = Type.Union([
  Strict({
    kind: Type.Literal("http"),
    at: Instant,
    method: Type.String({ maxLength: 32 }),
    path: Type.String({ maxLength: 2_048 }),
    status: Type.Integer({ minimum: 0, maximum: 999 }),
    up: Count,
    down: Count,
    ms: Count,
    /** `websocket` when the request was upgraded; the entry is then written when the socket closes. */
    upgrade: Nullable(Type.String({ maxLength: 32 })),
  }),
  Strict({
    kind: Type.Literal("tcp"),
    at: Instant,
    up: Count,
    down: Count,
    ms: Count,
  }),
  /** Something was refused inside the session: another host in a request, an unlisted target. */
  Strict({ kind: Type.Literal("refusal"), at: Instant, code: Type.String({ maxLength: 64 }) }),
]);
export type RecordEntry = Type.Static<typeof RecordEntry>;

const Empty = Strict({});

/** Sent by the agent. */
export const agentMessages = {
  /** First message of a host that has no id yet. Its key is the one proven in TLS. */
  join: {
    send: Strict({ token: Base64Url(64), name: Name }),
    reply: Strict({ agent: Id("agent"), site: Strict({ id: Id("site"), name: Name }) }),
  },
  /** First message of a joined agent. */
  hello: {
    send: Strict({
      clock: Instant,
      recorder: Type.Boolean(),
      trust: Nullable(Strict({ version: Version, hash: Sha256 })),
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
    }),
    reply: Empty,
  },
  /** One-time tokens for more legs of a session. */
  "leg.request": {
    send: Strict({ session: Id("session"), count: Type.Integer({ minimum: 1, maximum: 64 }) }),
    reply: Strict({ tokens: Type.Array(Base64Url(64), { maxItems: 64 }) }),
  },
  "session.begun": { send: Strict({ session: Id("session") }), reply: Empty },
  "session.counts": { send: Strict({ session: Id("session"), counts: Counts }), reply: Empty },
  /** The reply is the receipt: entries are kept by the agent until then. */
  "session.entries": {
    send: Strict({
      session: Id("session"),
      /** Number of the first entry in the recording, from 0; the authority drops what it has. */
      first: SmallCount,
      entries: Type.Array(RecordEntry, { minItems: 1, maxItems: 256 }),
    }),
    reply: Empty,
  },
  "session.ended": {
    send: Strict({ session: Id("session"), reason: EndReasonName, counts: Counts, at: Instant }),
    reply: Empty,
  },
} as const;

/** Sent by the authority. */
export const agentOrders = {
  /** A trust root newer than the agent's. Version 1 waits for a person on the agent's host. */
  "trust.propose": {
    send: Strict({ statement: Base64Url(200_000), signatures: Type.Array(SignedByPasskey, { maxItems: 16 }) }),
    reply: Strict({ pinned: Type.Boolean() }),
  },
  "nonce.request": { send: Empty, reply: Strict({ nonce: Base64Url(64) }) },
  "session.admit": {
    send: Strict({
      ticket: Jws,
      /** Exact bytes of the grant, base64url. */
      grant: Base64Url(32_768),
      approvals: Type.Array(SignedByPasskey, { maxItems: 16 }),
      /** One-time tokens for the session's legs at the gateway. */
      legTokens: Type.Array(Base64Url(64), { minItems: 1, maxItems: 64 }),
    }),
    reply: Strict({
      /** For the workstation's proof. */
      proofNonce: Base64Url(64),
    }),
  },
  lease: { send: Strict({ lease: LeaseJws }), reply: Empty },
  "session.cut": { send: Strict({ session: Id("session"), reason: EndReasonName }), reply: Empty },
} as const;
