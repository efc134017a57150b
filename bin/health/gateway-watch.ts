import type { Gateway } from "../../gateway/gateway.ts";
import type { ProgramLog } from "../../protocol/program-log.ts";
import { Figures } from "./figures.ts";
import type { Watched } from "./metrics-server.ts";
import { holds } from "./readiness.ts";

/** The gateway, as whoever runs it watches it. */
export function watchGateway(gateway: Gateway, log: ProgramLog): Watched {
  const figures = new Figures("gateway");
  return {
    figures,
    log,
    ready: async () => [holds("authority", gateway.figures().authorityConnected, "the authority has no link here")],
    read: async () => {
      const { authorityConnected, sessions, connections, endsWaiting, bytes } = gateway.figures();
      figures.set("genkan_gateway_ready", authorityConnected ? 1 : 0);
      figures.set("genkan_gateway_authority_connected", authorityConnected ? 1 : 0);
      figures.set("genkan_gateway_sessions_live", sessions);
      figures.set("genkan_gateway_connections", connections);
      figures.set("genkan_gateway_ends_waiting", endsWaiting);
      for (const direction of ["up", "down"] as const)
        figures.total("genkan_gateway_bytes_total", bytes[direction], { direction });
    },
  };
}
