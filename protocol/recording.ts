import Type from "typebox";
import { limits } from "./limits.ts";
import { oddities } from "./oddity.ts";
import { Count, Instant, Nullable, OneOf, Sha256, Strict } from "./schema.ts";

/** What a session has carried. */
export const Counts = Strict({
  /** Bytes from the client to the device, and back. */
  up: Count,
  down: Count,
  /** Open now. */
  connections: Type.Integer({ minimum: 0, maximum: limits.connectionsPerSession }),
});
export type Counts = Type.Static<typeof Counts>;

/**
 * What a device's certificate was to the agent when it was not the one of before: the `first` of its service, one that a
 * person on the agent's host has `accepted` since, or another one, `changed`, which ended the session.
 */
export const certificatesSeen = ["first", "accepted", "changed"] as const;
export type CertificateSeen = (typeof certificatesSeen)[number];

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
    /** What the device did that its protocol does not foresee. */
    odd: Type.Array(OneOf(oddities), { maxItems: oddities.length }),
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
  /** The device showed a certificate that is news; SHA-256 of its DER. */
  Strict({ kind: Type.Literal("certificate"), at: Instant, seen: OneOf(certificatesSeen), certificate: Sha256 }),
]);
export type RecordEntry = Type.Static<typeof RecordEntry>;
