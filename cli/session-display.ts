import { limits } from "../protocol/limits.ts";
import { byteCount, duration, zonedTime } from "./format.ts";
import type { Terminal } from "./terminal.ts";
import type { Tunnel } from "./tunnel.ts";

export interface ShownSession {
  readonly terminal: Terminal;
  readonly tunnel: Pick<Tunnel, "port" | "windowEnd" | "counts">;
  readonly device: string;
  readonly service: string;
  /** Zone of this computer, and that of the device's site. */
  readonly zone: string | undefined;
  readonly siteZone: string;
  /** Wall time, milliseconds; the server's where it is known, for the window is the site's. */
  readonly now: () => number;
}

/** The live line of a session, and its warnings before the window ends. Returns what stops both. */
export function showSession(shown: ShownSession): () => void {
  const { terminal, tunnel, now } = shown;
  const end = Date.parse(tunnel.windowEnd);
  // A warning whose moment was past when the session began is not given.
  const warnings = limits.windowWarningsMs.filter((before) => before < end - now());
  const tick = () => {
    const leftMs = end - now();
    let due = false;
    while (warnings[0] !== undefined && leftMs <= warnings[0]) {
      warnings.shift();
      due = true;
    }
    if (due && leftMs > 0) {
      terminal.bell();
      const line = terminal.text("warning", { left: duration(leftMs) });
      terminal.event({ event: "warning", leftMs, windowEnd: tunnel.windowEnd }, line);
    }
    terminal.status(statusLine(shown, leftMs));
  };
  tick();
  const timer = setInterval(tick, limits.countsMs);
  return () => clearInterval(timer);
}

function statusLine({ terminal, tunnel, device, service, zone, siteZone }: ShownSession, leftMs: number): string {
  const { up, down, connections } = tunnel.counts;
  return terminal.text("status", {
    device,
    service,
    port: tunnel.port,
    left: duration(leftMs),
    local: zonedTime(tunnel.windowEnd, zone),
    site: zonedTime(tunnel.windowEnd, siteZone),
    up: byteCount(up),
    down: byteCount(down),
    connections,
  });
}
