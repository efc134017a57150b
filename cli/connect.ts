import type { ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { ways } from "../protocol/service.ts";
import { type Destination, type Entered, enter } from "./enter.ts";
import { exitCodes } from "./exit-code.ts";
import { timeInBoth } from "./format.ts";
import { watchFreeze } from "./freeze-watch.ts";
import { endSession } from "./give-up.ts";
import { showSession } from "./session-display.ts";
import { givenUp, type Here, untilEnd } from "./session-end.ts";
import { carryStdio, type Stdio } from "./stdio.ts";
import { openPort } from "./tunnel.ts";
import { UsageError } from "./usage-error.ts";
import type { Cli } from "./verb.ts";

export interface ConnectOptions extends Destination {
  /** As typed; any free port without it. */
  readonly port?: string;
}

/**
 * `genkan connect`: opens a port on this computer that leads to a service of a device, until the window ends, somebody
 * ends it, or Ctrl-C. It never reconnects by itself: each session is one admission, and one line in the log.
 */
export async function connect(cli: Cli, options: ConnectOptions): Promise<number> {
  const wanted = parsePort(options.port);
  return inSession(cli, options, async (entered) => {
    const port = await openPort(entered.link, wanted, sayOnce(cli));
    announce(cli, entered, port);
    return { port, here: { failure: givenUp(cli), quiet: false } };
  });
}

/**
 * `genkan connect --stdio`: one connection to the service by standard input and output, for `ssh -o ProxyCommand`. All words
 * go to stderr.
 */
export async function connectStdio(cli: Cli, options: ConnectOptions, stdio: () => Stdio): Promise<number> {
  if (cli.terminal.json || options.port !== undefined) throw new UsageError("stdio-alone");
  return inSession(cli, options, async ({ link }) => ({
    port: null,
    here: { failure: Promise.race([givenUp(cli), carryStdio(link, stdio())]), quiet: true },
  }));
}

/** Opens a session, lets `use` begin with it, and stays until it is over. */
async function inSession(
  cli: Cli,
  options: Destination,
  use: (entered: Entered) => Promise<{ port: number | null; here: Here }>,
): Promise<number> {
  const entered = await enter(cli, options);
  if (entered === null) return exitCodes.done;
  const { api, grant, service, ticket, link } = entered;
  const over = new AbortController();
  let hide = () => {};
  try {
    const { port, here } = await use(entered);
    const { terminal, zone } = cli;
    const shown = { terminal, zone, siteZone: grant.siteZone };
    const names = { device: grant.device.name, service: service.name };
    hide = showSession({ ...shown, ...names, link, port, now: () => api.serverNow() });
    void watchFreeze({ ...shown, api, link, session: ticket.session, over: over.signal });
    return await untilEnd(cli, entered, here);
  } catch (error) {
    // Whatever failed, no way to the device stays open that the person was not told of.
    await endSession(api, ticket.session);
    link.close();
    await link.ended;
    throw error;
  } finally {
    over.abort();
    hide();
  }
}

function announce(cli: Cli, { grant, service, ticket, link }: Entered, port: number) {
  const { terminal } = cli;
  const { windowEnd } = link;
  const of = { session: ticket.session, grant: grant.id, device: grant.device.id, site: grant.site.id };
  terminal.event(
    { event: "listening", host: "127.0.0.1", port, ...of, windowEnd },
    terminal.text("listening", { device: grant.device.name, site: grant.site.name, service: service.name, port }),
  );
  const hint = terminal.text(`hint-${ways[service.protocol].tool}`, { port, alias: hostKeyAlias(service.id) });
  for (const line of hint.split("\n")) terminal.note(`  ${line.trim()}`);
  terminal.note(terminal.text("window-ends", { when: timeInBoth(windowEnd, grant.siteZone, cli.zone) }));
}

/** Under what ssh keeps a host key: whatever the port, and of a device with several ssh services each its own. */
export const hostKeyAlias = (service: Id<"service">) => `genkan-${service}`;

/** Says why a connection was refused: its tool saw a reset and nothing else. A tool that tries again says no more. */
function sayOnce({ terminal, now }: Cli): (error: GenkanError) => void {
  const said = new Map<ErrorCode, number>();
  return (error) => {
    if (now() - (said.get(error.code) ?? -Infinity) < limits.refusalSaidMs) return;
    said.set(error.code, now());
    terminal.event({ event: "refused", code: error.code }, terminal.failure(error));
  };
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new UsageError("port-invalid", { port: text });
  return port;
}
