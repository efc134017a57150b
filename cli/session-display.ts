import { limits } from "../protocol/limits.ts";
import { byteCount, duration, timeInBoth } from "./format.ts";
import type { Terminal } from "./terminal.ts";
import type { Link } from "./tunnel.ts";

export interface ShownSession {
  readonly terminal: Terminal;
  readonly link: Pick<Link, "windowEnd" | "counts">;
  /** On this computer; null where another program's screen is none of ours. */
  readonly port: number | null;
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
  const { terminal, link, now } = shown;
  const end = Date.parse(link.windowEnd);
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
      terminal.event({ event: "warning", leftMs, windowEnd: link.windowEnd }, { text: line, tone: "warn" });
    }
    if (shown.port !== null) terminal.status(statusLine(shown, shown.port, leftMs));
  };
  tick();
  const timer = setInterval(tick, limits.countsMs);
  return () => clearInterval(timer);
}

function statusLine({ terminal, link, device, service, zone, siteZone }: ShownSession, port: number, leftMs: number) {
  const { up, down, connections } = link.counts;
  return terminal.text("status", {
    device,
    service,
    port,
    left: duration(leftMs),
    until: timeInBoth(link.windowEnd, siteZone, zone),
    up: byteCount(up),
    down: byteCount(down),
    connections,
  });
}
