import Type from "typebox";
import { clients } from "../client.ts";
import { EndReasonName } from "../end-reason.ts";
import { Id } from "../id.ts";
import { PersonRef } from "../person.ts";
import { Counts, RecordEntry } from "../recording.ts";
import {
  Base64Url,
  Instant,
  Name,
  Nullable,
  OneOf,
  Pin,
  ReasonText,
  Sha256,
  SmallCount,
  Strict,
  Uri,
} from "../schema.ts";
import { Service } from "../service.ts";
import { Site } from "../site.ts";
import { Vendor } from "../vendor.ts";

/** POST /api/sessions */
export const SessionCreate = {
  body: Strict({
    grant: Id("grant"),
    service: Id("service"),
    client: OneOf(clients),
    /** Native: SHA-256 of the SubjectPublicKeyInfo of the TLS key that the client will use. */
    clientKey: Nullable(Pin),
  }),
  reply: Strict({
    session: Id("session"),
    /** Native: server name. Browser: host with port, where the page posts its proof. */
    host: Uri,
    /** Browser: origin of the access host, for the form's action. */
    origin: Nullable(Uri),
    proofNonce: Base64Url(64),
    grantHash: Sha256,
    /** SHA-256 of the agent's public key, which a native client pins. */
    agentKey: Pin,
    /** Native: where the gateway listens. */
    gateway: Strict({ host: Uri, port: Type.Integer() }),
    windowEnd: Instant,
  }),
};
export type SessionTicket = Type.Static<typeof SessionCreate.reply>;

/** `admitted` (client not yet proven), `live`, `ended`. */
export const sessionStates = ["admitted", "live", "ended"] as const;

/** Who holds a session's bytes back, why, and when the gateway cuts it unless somebody thaws it. */
export const Frozen = Strict({ by: PersonRef, at: Instant, until: Instant, reason: Nullable(ReasonText) });

export const SessionView = Strict({
  id: Id("session"),
  grant: Id("grant"),
  state: OneOf(sessionStates),
  client: OneOf(clients),
  /** Null while its bytes flow. */
  frozen: Nullable(Frozen),
  person: PersonRef,
  vendor: Vendor,
  site: Site,
  device: Strict({ id: Id("device"), name: Name }),
  service: Strict({ id: Id("service"), name: Name, protocol: Service.properties.protocol }),
  agent: Id("agent"),
  startedAt: Instant,
  endedAt: Nullable(Instant),
  reason: Nullable(EndReasonName),
  endedBy: Nullable(PersonRef),
  windowEnd: Instant,
  counts: Counts,
});
export type SessionView = Type.Static<typeof SessionView>;
export const SessionList = Strict({ sessions: Type.Array(SessionView) });
/** Query of GET /api/sessions/:id/entries: number of the first entry that is wanted, 0 unless told. */
export const SessionEntriesQuery = Strict({ from: Type.Optional(SmallCount) });
/** One page of a recording, oldest first; `next` is where the next one begins, null when nothing follows yet. */
export const SessionEntries = Strict({ entries: Type.Array(RecordEntry), next: Nullable(SmallCount) });
/** POST /api/sessions/:id/end */
export const SessionEnd = { body: Strict({ reason: Nullable(ReasonText) }) };

/** POST /api/sessions/:id/freeze; `reason` is of a freeze, and shown to the technician. */
export const SessionFreeze = { body: Strict({ frozen: Type.Boolean(), reason: Nullable(ReasonText) }) };
