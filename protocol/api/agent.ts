import Type from "typebox";
import { Id } from "../id.ts";
import { AgentReport } from "../reach.ts";
import { Instant, Name, Nullable, Opaque, Pin, Sentence, Sha256, Strict, Uri } from "../schema.ts";
import { Site } from "../site.ts";

/** GET /api/agents */
export const AgentView = Strict({
  id: Id("agent"),
  name: Name,
  site: Site,
  key: Pin,
  connected: Type.Boolean(),
  /** Nobody has disabled it. */
  active: Type.Boolean(),
  lastSeenAt: Nullable(Instant),
  recorderReady: Type.Boolean(),
  /** Difference of the clocks, agent minus authority, milliseconds. */
  clockSkewMs: Nullable(Type.Integer()),
  /** What it says of itself; null while it is away. */
  report: Nullable(AgentReport),
  trust: Nullable(Strict({ version: Type.Integer(), hash: Sha256 })),
});
export type AgentView = Type.Static<typeof AgentView>;
export const AgentList = Strict({
  agents: Type.Array(AgentView),
  gateways: Type.Array(Strict({ id: Id("gateway"), name: Name, address: Uri, connected: Type.Boolean() })),
});

/** POST /api/agents/token: a one-time token of a site, shown once, and the command that joins an agent with it. */
export const AgentToken = {
  body: Strict({ site: Id("site") }),
  reply: Strict({
    token: Opaque,
    expiresAt: Instant,
    /** HOST:PORT and key of the gateway that it names. */
    gateway: Opaque,
    gatewayKey: Opaque,
    authorityKey: Opaque,
    command: Sentence,
  }),
};
/** POST /api/agents/:id */
export const AgentSaid = Strict({ name: Name });
