import type { Id } from "../protocol/make-id.ts";
import { Scope } from "../store/scope.ts";
import { liveSessions } from "../store/session.ts";
import type { Context } from "./context.ts";
import type { GatewayEvents } from "./gateway-links.ts";
import { endSessions } from "./session-end.ts";

/** Brings rows and gateways together: what only one of the two knows is ended. */
export function gatewayEvents(
  c: Context,
  observed: { connected(gateway: Id<"gateway">): void; disconnected(gateway: Id<"gateway">): void },
): GatewayEvents {
  return {
    connected: async (gateway, carried) => {
      const live = (await liveSessions(c.store.db, Scope.system())).filter((row) => row.gateway === gateway.id);
      const lost = live.filter(({ id }) => !carried.includes(id)).map(({ id }) => id);
      // What can't be written is owed; the names of portal and agents can't wait for it.
      if (lost.length > 0)
        await endSessions(c, lost, { reason: "gateway-lost", by: null }).catch((error: unknown) =>
          c.programLog.error(
            { event: "authority.ends.unwritten", sessions: lost, error: String(error) },
            "ends could not be written",
          ),
        );
      for (const session of carried) if (!live.some(({ id }) => id === session)) gateway.cut(session, "fact-changed");
      c.store.bus.publish(["agents"]);
      observed.connected(gateway.id);
    },
    disconnected: (gateway) => {
      c.store.bus.publish(["agents"]);
      observed.disconnected(gateway);
    },
    ended: async (gateway, session, reason) => {
      const row = (await liveSessions(c.store.db, Scope.system())).find(({ id }) => id === session);
      if (row?.gateway === gateway) await endSessions(c, [session], { reason, by: null, facts: { toldBy: gateway } });
    },
  };
}
