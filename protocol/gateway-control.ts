import Type from "typebox";
import { EndReasonName } from "./end-reason.ts";
import { Id } from "./id.ts";
import { DurationMs, LeaseJws, Nothing, Nullable, OneOf, Sha256, Strict } from "./schema.ts";

/**
 * Messages on the control link between authority and gateway. The authority dials: mutual TLS to the gateway's pinned
 * key, `Upgrade: genkan-control`, then the frames of `docs/protocol.md`, "Control link".
 */
const Host = Type.String({ minLength: 1, maxLength: 253, pattern: "^[a-z0-9.-]+$" });
const TokenHashes = Type.Array(Sha256, { maxItems: 64 });

/** Sent by the authority. */
export const gatewayOrders = {
  /** First message. The gateway answers with what it still carries, so that nothing lives on unknown. */
  hello: { send: Nothing, reply: Strict({ sessions: Type.Array(Id("session"), { maxItems: 4_096 }) }) },
  "route.open": {
    send: Strict({
      host: Host,
      /** `authority`: a name of the authority itself (portal, agents' control); it has no lease. */
      kind: OneOf(["authority", "session"]),
      session: Nullable(Id("session")),
      leaseMs: Nullable(DurationMs),
      tokenHashes: TokenHashes,
    }),
    reply: Nothing,
  },
  /** SHA-256 hashes of further one-time leg tokens of a route. */
  "leg.expect": { send: Strict({ host: Host, tokenHashes: TokenHashes }), reply: Nothing },
  lease: { send: Strict({ lease: LeaseJws }), reply: Nothing },
  "session.cut": { send: Strict({ session: Id("session"), reason: EndReasonName }), reply: Nothing },
  "session.freeze": { send: Strict({ session: Id("session"), frozen: Type.Boolean() }), reply: Nothing },
} as const;

/** Sent by the gateway. */
export const gatewayMessages = {
  /** Nothing of what passed: that is ciphertext, and a session's counts are its agent's. */
  "session.ended": { send: Strict({ session: Id("session"), reason: EndReasonName }), reply: Nothing },
} as const;
