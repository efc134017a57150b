import type { Socket } from "node:net";
import { listen } from "../link/listen.ts";
import { peek } from "../link/peek.ts";
import { resetNow } from "../link/reset.ts";

import { GenkanError } from "../protocol/error.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { gatewayName } from "../protocol/wire-name.ts";
import { type GatewayConfig, gatewayConfig } from "./config.ts";
import { Control } from "./control.ts";
import { serveOwnTls } from "./own-tls.ts";
import { RouteTable } from "./route-table.ts";
import { Sessions } from "./sessions.ts";
import { Strangers } from "./strangers.ts";

/** What whoever runs it may count: no session, no address. */
export interface GatewayFigures {
  readonly authorityConnected: boolean;
  readonly sessions: number;
  readonly connections: number;
  readonly endsWaiting: number;
  /** Bytes of all sessions since the start. */
  readonly bytes: { readonly up: number; readonly down: number };
}

export interface Gateway {
  readonly port: number;
  figures(): GatewayFigures;
  /** Ends every session (`gateway-lost`), tells the authority, and resets what is left. */
  close(): Promise<void>;
}

/**
 * Starts a gateway. `now` is monotonic, in milliseconds. Rejects with `bad-request` for a configuration that can't be, or
 * with the system's error when the port can't be had.
 */
export async function startGateway(o: { config: GatewayConfig; log: ProgramLog; now: () => number }): Promise<Gateway> {
  const config = gatewayConfig(o.config);
  const { log, now } = o;
  const routes = new RouteTable();
  const sessions = new Sessions({ routes, now, log, onEnded: () => control.tellEnded() });
  const control = new Control({ routes, sessions, pin: config.programKey.pin, log });
  const sockets = new Set<Socket>();
  const strangers = new Strangers(now);

  const own = {
    programKey: config.programKey,
    authorityKey: config.authorityKey,
    redeem: (token: string) => routes.redeem(token),
    onControl: control.accept.bind(control),
  };

  /** Whether somebody vouches for it: the token that it showed, or a session's name, which only its parties know. */
  const route = async (socket: Socket): Promise<boolean> => {
    const { kind, name, head } = await peek(socket, { http: config.loopbackHttp && fromLoopback(socket) });
    if (kind === "tls" && name === gatewayName) return serveOwnTls(socket, head, own);
    const route = routes.find(name);
    if (!route) throw new GenkanError("name-unknown");
    route.connect(socket, head);
    return route.kind === "session";
  };

  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    strangers
      .admit(socket, () => route(socket))
      .catch((error: unknown) => {
        const code = error instanceof GenkanError ? error.code : "internal";
        if (code === "internal") log.error({ event: "gateway.connection.failed", err: error }, "a connection failed");
        else log.debug({ event: "gateway.connection.reset", code }, "a connection was reset");
      });
  };

  const listener = await listen({ host: config.listenHost, port: config.listenPort, onSocket });
  log.info({ event: "gateway.listens", port: listener.port }, "gateway listens");
  return {
    port: listener.port,
    figures: () => ({
      authorityConnected: control.connected,
      sessions: sessions.ids.length,
      connections: sockets.size,
      endsWaiting: sessions.ended.length,
      bytes: sessions.bytes,
    }),
    close: async () => {
      listener.close();
      sessions.cutAll("gateway-lost");
      await control.close();
      resetNow(...sockets);
    },
  };
}

function fromLoopback(socket: Socket): boolean {
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  return address === "::1" || /^127(\.\d{1,3}){3}$/.test(address);
}
