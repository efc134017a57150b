import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { SampleAddress, SampleDevice } from "./device.ts";

/** A certificate that a device made for itself, and its key, PEM. */
export interface DeviceCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface VentilatorOptions extends SampleAddress {
  /** Makes a certificate as the device does when it is switched on for the first time, and when it is told to. */
  readonly newCertificate: () => DeviceCertificate;
}

/**
 * The ventilator's maintenance page, over https with a certificate of its own: `/` with `/api/status`, `/api/headers` (what the
 * device was sent), and `POST /api/certificate`, after which it shows another one, as after a factory reset.
 */
export function startVentilator({ host, port, newCertificate }: VentilatorOptions): Promise<SampleDevice> {
  const server = createServer({ ...newCertificate(), ALPNProtocols: ["http/1.1"] }, (req, res) => {
    if (req.method === "POST" && req.url === "/api/certificate") {
      server.setSecureContext(newCertificate());
      // As a device does that restarts its web server.
      res.once("finish", () => setImmediate(() => server.closeAllConnections()));
      return answer(res, "application/json", JSON.stringify({ certificate: "new" }));
    }
    serve(req, res);
  });
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function serve(req: IncomingMessage, res: ServerResponse): void {
  if (req.url === "/") return answer(res, "text/html; charset=utf-8", page);
  if (req.url === "/api/status")
    return answer(res, "application/json", JSON.stringify({ mode: "standby", hours: 1204 }));
  if (req.url === "/api/headers") return answer(res, "application/json", JSON.stringify(req.headersDistinct));
  res.statusCode = 404;
  answer(res, "text/plain", "not found");
}

function answer(res: ServerResponse, type: string, body: string): void {
  res.setHeader("content-type", type).setHeader("cache-control", "no-store").end(body);
}

const page = `<!doctype html><html lang="ja"><meta charset="utf-8"><title>人工呼吸器 保守</title>
<h1>人工呼吸器 保守</h1><p>待機中、稼働 1,204 時間</p></html>`;
