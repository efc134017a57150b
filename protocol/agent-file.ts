import Type from "typebox";
import { Counts, RecordEntry } from "./agent-control.ts";
import { Id } from "./id.ts";
import { Instant, Name, Strict, Thumbprint } from "./schema.ts";
import { EndReasonName } from "./statement.ts";

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
export const MembershipFile = Strict({
  agent: Id("agent"),
  name: Name,
  site: Strict({ id: Id("site"), name: Name }),
  gateway: Strict({
    host: Type.String({ minLength: 1, maxLength: 253 }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    key: Thumbprint,
  }),
  authorityKey: Thumbprint,
  /** PKCS #8, PEM. A secret: made on this host, which it never leaves. */
  privateKey: Type.String({ maxLength: 1_024 }),
});
export type MembershipFile = Type.Static<typeof MembershipFile>;

export const SessionEnd = Strict({ reason: EndReasonName, counts: Counts, at: Instant });
export type SessionEnd = Type.Static<typeof SessionEnd>;

/** One line of `recordings/<session>.jsonl`: a row of the recording, or the session's end. */
export const RecordLine = Type.Union([Strict({ entry: RecordEntry }), Strict({ end: SessionEnd })]);
export type RecordLine = Type.Static<typeof RecordLine>;
