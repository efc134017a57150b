import { setTimeout as wait } from "node:timers/promises";
import { createIdentity } from "../crypto/identity.ts";
import { publicJwkOf } from "../crypto/public-jwk.ts";
import { jwkThumbprint } from "../crypto/thumbprint.ts";
import { DeviceList } from "../protocol/api/device.ts";
import { GrantList, type GrantView } from "../protocol/api/grant.ts";
import { SessionCreate, type SessionTicket, SessionView } from "../protocol/api/session.ts";
import { type EndReason, isEndReason } from "../protocol/end-reason.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { ways } from "../protocol/service.ts";
import type { Api } from "./api.ts";
import { chooseDevice, chooseGrant, chooseService, NotBegun } from "./choose.ts";
import { exitCodes } from "./exit-code.ts";
import { byteCount, timeInBoth, zonedTime } from "./format.ts";
import { showSession } from "./session-display.ts";
import { openTunnel, type Tunnel } from "./tunnel.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

export interface ConnectOptions {
  readonly device: string;
  readonly service: string;
  /** As typed; any free port without it. */
  readonly port?: string;
  readonly grant?: string;
}

/**
 * `genkan connect`: opens a port on this computer that leads to a service of a device, until the window ends, somebody
 * ends it, or Ctrl-C. It never reconnects by itself: each session is one admission, and one line in the log.
 */
export async function connect(cli: Cli, options: ConnectOptions): Promise<number> {
  const port = parsePort(options.port);
  const api = signedIn(cli);
  const { grants } = await api.get("/api/grants", GrantList);
  const workstation = cli.folder.key("workstation");
  const key = jwkThumbprint(publicJwkOf(workstation.publicKey));
  const { grant, service } = await choose(cli, api, grants, { ...options, key });
  const identity = createIdentity();
  const ticket = await api.post(
    "/api/sessions",
    { grant: grant.id, service: service.id, client: "native", clientKey: identity.thumbprint },
    SessionCreate.reply,
  );
  let tunnel: Tunnel;
  try {
    const refused = sayOnce(cli);
    tunnel = await openTunnel({ ticket, identity, workstation, port, signal: cli.interrupted, refused });
  } catch (error) {
    // The authority has admitted the session already: unused, it would count against the grant until it is given up.
    await endSession(api, ticket);
    if (cli.interrupted.aborted) return exitCodes.done;
    throw error;
  }
  let hide = () => {};
  try {
    announce(cli, grant, service, ticket, tunnel);
    hide = showSession({
      terminal: cli.terminal,
      tunnel,
      device: grant.device.name,
      service: service.name,
      zone: cli.zone,
      siteZone: grant.siteZone,
      now: () => api.serverNow(),
    });
    return await untilEnd(cli, api, ticket, tunnel);
  } catch (error) {
    // Whatever failed, no port stays open that the person was not told of.
    await endSession(api, ticket);
    tunnel.close();
    await tunnel.ended;
    throw error;
  } finally {
    hide();
  }
}

/** As {@link chooseGrant}; a device of which there is no grant is told from one that is not there. */
async function choose(cli: Cli, api: Api, grants: readonly GrantView[], options: ConnectOptions & { key: string }) {
  try {
    return chooseGrant(grants, { ...options, now: api.serverNow() });
  } catch (error) {
    if (error instanceof NotBegun) {
      const when = timeInBoth(error.start, error.siteZone, cli.zone);
      throw new GenkanError("window-not-begun", `${when}.`, { cause: error });
    }
    if (!(error instanceof UsageError) || error.key !== "no-grant") throw error;
    const { devices } = await api.get("/api/devices", DeviceList);
    const device = chooseDevice(devices, options.device);
    throw new UsageError("no-grant", {
      device: device.name,
      service: chooseService(device.services, options.service).name,
    });
  }
}

function announce(
  cli: Cli,
  grant: GrantView,
  service: GrantView["services"][number],
  ticket: SessionTicket,
  tunnel: Tunnel,
) {
  const { terminal } = cli;
  const { port, windowEnd } = tunnel;
  const local = zonedTime(windowEnd, cli.zone);
  const of = { session: ticket.session, grant: grant.id, device: grant.device.id, site: grant.site.id };
  terminal.event(
    { event: "listening", host: "127.0.0.1", port, ...of, windowEnd },
    terminal.text("listening", { device: grant.device.name, site: grant.site.name, service: service.name, port }),
  );
  const hint = terminal.text(`hint-${ways[service.protocol].tool}`, { port, alias: `genkan-${service.id}` });
  for (const line of hint.split("\n")) terminal.note(`  ${line.trim()}`);
  terminal.note(terminal.text("window-ends", { local, site: zonedTime(windowEnd, grant.siteZone) }));
}

/** Says why a connection was refused: its tool saw a reset and nothing else. A tool that tries again says no more. */
function sayOnce({ terminal, now }: Cli): (error: GenkanError) => void {
  const said = new Map<ErrorCode, number>();
  return (error) => {
    if (now() - (said.get(error.code) ?? -Infinity) < limits.refusalSaidMs) return;
    said.set(error.code, now());
    terminal.event({ event: "refused", code: error.code }, terminal.failure(error));
  };
}

async function untilEnd(cli: Cli, api: Api, ticket: SessionTicket, tunnel: Tunnel): Promise<number> {
  const { terminal, interrupted } = cli;
  const asked = Promise.withResolvers<"asked">();
  const ask = () => asked.resolve("asked");
  if (interrupted.aborted) ask();
  interrupted.addEventListener("abort", ask, { once: true });
  const first = await Promise.race([tunnel.ended, asked.promise]);
  if (first === "asked") {
    // The authority is told first, so that the log says who ended the session; the link closes whatever it answers.
    await endSession(api, ticket);
    tunnel.close();
    await tunnel.ended;
    const { up, down } = tunnel.counts;
    const line = terminal.text("ended-here", { up: byteCount(up), down: byteCount(down) });
    terminal.event({ event: "ended", reason: "ended-by-technician", counts: tunnel.counts }, line);
    return exitCodes.done;
  }
  const reason = first.reason ?? (await endReason(api, ticket));
  const line =
    reason === null
      ? terminal.text("ended-unknown")
      : terminal.text("ended", { reason: terminal.codes.endReasons[reason] });
  terminal.event({ event: "ended", reason, counts: tunnel.counts }, line);
  return exitCodes.ended;
}

/** Asks the authority to end it. Where the authority is out of reach, the lease ends the session a moment later. */
async function endSession(api: Api, ticket: SessionTicket): Promise<void> {
  const ending = api.order(`/api/sessions/${ticket.session}/end`, { reason: null }).catch(() => {});
  await Promise.race([ending, wait(limits.endReasonMs, undefined, { ref: false })]);
}

/** What the authority knows of the end; null when it does not say in time. A reset carries no reason with it. */
async function endReason(api: Api, ticket: SessionTicket): Promise<EndReason | null> {
  const pauseMs = 300;
  for (let waited = 0; waited < limits.endReasonMs; waited += pauseMs) {
    const session = await api.get(`/api/sessions/${ticket.session}`, SessionView).catch(() => null);
    if (session?.reason && isEndReason(session.reason)) return session.reason;
    await wait(pauseMs);
  }
  return null;
}

function parsePort(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new UsageError("port-invalid", { port: text });
  return port;
}
