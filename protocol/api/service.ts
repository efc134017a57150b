import Type from "typebox";
import { Id } from "../id.ts";
import { ReachName } from "../reach.ts";
import { Instant, Name, Nullable, Strict } from "../schema.ts";
import { Service } from "../service.ts";

/** A device's service with its address, for those who run the network: GET /api/services. */
export const ServiceView = Strict({
  ...Service.properties,
  device: Strict({ id: Id("device"), name: Name }),
  agent: Strict({ id: Id("agent"), name: Name, connected: Type.Boolean() }),
  /** Whether the agent's own allow-list names it; null while the agent is away or was not asked yet. */
  listed: Nullable(Type.Boolean()),
  /** What the last test found; null where there was none. */
  reach: Nullable(Strict({ found: ReachName, at: Instant })),
});
export type ServiceView = Type.Static<typeof ServiceView>;
export const ServiceList = Strict({ services: Type.Array(ServiceView) });

/** POST /api/services/:id/reach-test */
export const ReachTested = Strict({ service: Id("service"), reach: ReachName, at: Instant });
export type ReachTested = Type.Static<typeof ReachTested>;
