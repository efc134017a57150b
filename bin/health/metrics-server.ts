import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { limits } from "../../protocol/limits.ts";
import type { ProgramLog } from "../../protocol/program-log.ts";
import { sayListenError } from "../listen-error.ts";
import type { Figures } from "./figures.ts";
import { isLoopback, type MetricsAddress } from "./metrics-option.ts";
import type { ReadyCheck } from "./readiness.ts";

export interface Watched {
  readonly figures: Figures;
  /** Brings the figures up to date. */
  read(): Promise<void>;
  /** What must hold. Never rejects. */
  ready(): Promise<readonly ReadyCheck[]>;
  readonly log: ProgramLog;
}

export interface MetricsServer {
  readonly port: number;
  close(): void;
}

/**
 * Serves `/metrics`, `/healthz` and `/readyz` to whoever can reach the port. Reads only. Rejects with the system's own error,
 * put into words.
 */
export async function serveMetrics(at: MetricsAddress, watched: Watched): Promise<MetricsServer> {
  const server: Server = createServer((request, response) => {
    answer(request, response, at, watched).catch((error: unknown) => {
      watched.log.error({ event: "metrics.unread", error: String(error) }, "the metrics could not be read");
      say(response, 503, "text/plain; charset=utf-8", "The figures could not be read; the program's log says why.\n");
    });
  });
  server.maxConnections = limits.metricsConnections;
  server.headersTimeout = server.requestTimeout = limits.metricsRequestMs;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, resolve);
  }).catch((error: unknown) => {
    throw sayListenError(error, `${at.host}:${at.port}`, "--metrics");
  });
  // It never keeps a program alive that has nothing else to do.
  server.unref();
  const { port } = server.address() as AddressInfo;
  watched.log.info({ event: "metrics.listens", port }, "metrics are served");
  return {
    port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, at: MetricsAddress, watched: Watched) {
  // A page in a browser of this machine could come here under a name of its own (DNS rebinding); a scraper has an address.
  if (isLoopback(at.host) && !namesLoopback(request.headers.host)) return say(response, 421, "text/plain", "");
  if (request.method !== "GET" && request.method !== "HEAD") return say(response, 405, "text/plain", "");
  switch (request.url) {
    case "/metrics": {
      await watched.read();
      const { type, body } = await watched.figures.text();
      return say(response, 200, type, body);
    }
    case "/healthz":
      return say(response, 200, json, `${JSON.stringify({ alive: true })}\n`);
    case "/readyz": {
      const checks = await watched.ready();
      const ready = checks.every(({ ok }) => ok);
      return say(response, ready ? 200 : 503, json, `${JSON.stringify({ ready, checks })}\n`);
    }
    default:
      return say(response, 404, "text/plain", "");
  }
}

const json = "application/json";

const namesLoopback = (host = "") => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);

function say(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}
