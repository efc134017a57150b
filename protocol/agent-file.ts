import Type from "typebox";
import { EndReasonName } from "./end-reason.ts";
import { Id } from "./id.ts";
import { Counts, RecordEntry } from "./recording.ts";
import { Instant, Name, Nullable, OneOf, Pin, Sha256, Strict } from "./schema.ts";
import { Site } from "./site.ts";

/** Files of an agent's host. Nobody but the agent, or a person on that host, writes them. */

/** The allow-list: written by people on the host. */
export const AllowListFile = Strict({
  targets: Type.Array(
    Strict({
      /** IP literal; names are never resolved. */
      address: Type.String({ maxLength: 45 }),
      ports: Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), { minItems: 1, maxItems: 1_024 }),
    }),
    { maxItems: 4_096 },
  ),
  /** For demonstrations on one machine. */
  allowLoopback: Type.Optional(Type.Boolean()),
});

/** `agent.json`: what joining left. */
export const AgentFile = Strict({
  agent: Id("agent"),
  name: Name,
  site: Site,
  /** Gateways that this host dials, by people on it: the first is the one it joined over. */
  gateways: Type.Array(
    Strict({
      host: Type.String({ minLength: 1, maxLength: 253 }),
      port: Type.Integer({ minimum: 1, maximum: 65_535 }),
      key: Pin,
    }),
    { minItems: 1, maxItems: 8 },
  ),
  authorityKey: Pin,
  /** PKCS #8, PEM. A secret: made on this host, which it never leaves. */
  privateKey: Type.String({ maxLength: 1_024 }),
  /** X25519, PKCS #8, PEM: what is sealed to this agent. A secret as well. */
  sealKey: Type.String({ maxLength: 1_024 }),
});
export type AgentFile = Type.Static<typeof AgentFile>;

/** How a recorded session ended. */
export const RecordedEnd = Strict({ reason: EndReasonName, counts: Counts, at: Instant });
export type RecordedEnd = Type.Static<typeof RecordedEnd>;

/** `certificates/<service>.json`: the certificate of a device's service, and one that waits for a person on this host. */
export const DeviceCertificateFile = Strict({
  service: Id("service"),
  /** For people: device, service, address and port. */
  name: Type.String({ minLength: 1, maxLength: 512 }),
  accepted: Strict({
    /** SHA-256 of the certificate (DER), base64url. */
    certificate: Sha256,
    at: Instant,
    by: OneOf(["first-use", "host"]),
    /** Whether a session's recording has named it. */
    told: Type.Boolean(),
  }),
  waiting: Nullable(Strict({ certificate: Sha256, at: Instant })),
});
export type DeviceCertificateFile = Type.Static<typeof DeviceCertificateFile>;

/** One line of `recordings/<session>.jsonl`: a row of the recording, or the session's end. */
export const RecordLine = Type.Union([Strict({ entry: RecordEntry }), Strict({ end: RecordedEnd })]);
export type RecordLine = Type.Static<typeof RecordLine>;
