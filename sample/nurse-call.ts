import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { SampleAddress, SampleDevice } from "./device.ts";

export interface NurseCallOptions extends SampleAddress {
  /** A new call comes this often, in milliseconds. */
  readonly callMs?: number;
}

interface Call {
  readonly id: number;
  readonly ward: string;
  readonly room: string;
  readonly kind: "call" | "bath" | "bed-exit" | "emergency";
  readonly at: string;
  answered: boolean;
}

const wards = ["2-West", "3-East", "3-West", "ICU"] as const;
const kinds = ["call", "call", "bath", "bed-exit", "emergency"] as const;

/** Calls that the page shows. */
const kept = 12;

const assets: Record<string, { type: string; body: Buffer }> = Object.fromEntries(
  [
    ["/", "page.html", "text/html; charset=utf-8"],
    ["/page.css", "page.css", "text/css; charset=utf-8"],
    ["/page.js", "page.js", "text/javascript; charset=utf-8"],
  ].map(([path, file, type]) => [path, { type, body: readFileSync(new URL(`nurse-call/${file}`, import.meta.url)) }]),
);

/**
 * The nurse-call server's administration page: `/` with `/api/calls`, `POST /api/answer?id=`, `/api/upload` (says how many bytes came),
 * `/api/headers` (what the device was sent), and a WebSocket at `/events` that pushes calls and echoes text.
 */
export function startNurseCall({ host, port, callMs = 4_000 }: NurseCallOptions): Promise<SampleDevice> {
  let last = 0;
  const calls: Call[] = [];
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1_048_576 });
  const tell = (event: object) => {
    for (const socket of sockets.clients) socket.send(JSON.stringify(event));
  };
  const ring = () => {
    last += 1;
    const ward = wards[last % wards.length] as string;
    const kind = kinds[(last * 7) % kinds.length] as Call["kind"];
    const call: Call = {
      id: last,
      ward,
      room: String(300 + ((last * 13) % 24)),
      kind,
      at: new Date().toISOString(),
      answered: false,
    };
    calls.unshift(call);
    calls.length = Math.min(calls.length, kept);
    tell({ type: "call", call });
  };
  for (let first = 0; first < 5; first++) ring();
  const timer = setInterval(ring, callMs);

  const server = createServer((req, res) => {
    const url = URL.parse(req.url ?? "/", "http://nurse-call");
    if (!url) return json(res, 400, { error: "no such path" });
    if (req.method === "POST" && url.pathname === "/api/answer") {
      const call = calls.find(({ id }) => id === Number(url.searchParams.get("id")));
      if (!call) return json(res, 404, { error: "no such call" });
      call.answered = true;
      tell({ type: "answered", id: call.id });
      return json(res, 200, call);
    }
    if (url.pathname === "/api/upload") return countBody(req, res);
    if (url.pathname === "/api/calls") return json(res, 200, { wards, calls });
    if (url.pathname === "/api/headers") return json(res, 200, req.headersDistinct);
    const asset = assets[url.pathname];
    if (!asset) return json(res, 404, { error: "not found" });
    res.writeHead(200, { "content-type": asset.type, "cache-control": "no-store" }).end(asset.body);
  });
  server.on("upgrade", (req, socket, head) => {
    if (req.url !== "/events") return void socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
    sockets.handleUpgrade(req, socket, head, (events: WebSocket) => {
      events.on("error", () => {});
      events.on("message", (data, binary) => events.send(data, { binary }));
      events.send(JSON.stringify({ type: "hello", calls: calls.length }));
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            clearInterval(timer);
            for (const socket of sockets.clients) socket.terminate();
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function countBody(req: IncomingMessage, res: ServerResponse): void {
  let bytes = 0;
  req.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  req.on("end", () => json(res, 200, { bytes }));
}
