import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { limits } from "../protocol/limits.ts";

/** PEM of a certificate and its key, which somebody else renews. */
export interface FaceCertificate {
  readonly pem: { readonly cert: string; readonly key: string };
  onChange(listener: () => void): void;
}

/** Time limits of a connection: a client that is slower, or says nothing, only holds a place (A16). */
const patience = {
  headersTimeout: limits.httpHeadMs,
  requestTimeout: limits.requestMs,
  connectionsCheckingInterval: limits.httpHeadMs / 4,
} as const;

/** HTTP/1.1 only: pages take live events by WebSocket, and nothing here is worth HTTP/2's attack surface (A16). */
export function makeServer(certificate: FaceCertificate | undefined): HttpServer {
  if (!certificate) return createHttpServer(patience);
  const tls = { ...certificate.pem, minVersion: "TLSv1.3", ALPNProtocols: ["http/1.1"] } as const;
  const server = createHttpsServer({ ...patience, ...tls, handshakeTimeout: limits.handshakeMs });
  certificate.onChange(() => server.setSecureContext({ ...certificate.pem, minVersion: "TLSv1.3" }));
  return server;
}
