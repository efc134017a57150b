import type { Server } from "node:http";
import type { Leg } from "../../link/carrier.ts";
import { acceptBrowserTls, type CertificateFile } from "../../link/certificate-file.ts";
import { resetNow } from "../../link/reset.ts";
import { GenkanError } from "../../protocol/error.ts";
import { limits } from "../../protocol/limits.ts";
import type { ProgramLog } from "../../protocol/program-log.ts";

/** The portal's HTTP server does not listen: its connections come over legs that the authority dialled. */
export class PortalDoor {
  readonly #server: Server;
  readonly #host: string;
  readonly #certificate: CertificateFile | undefined;
  readonly #programLog: ProgramLog;

  /** `host` is the portal's name. Without a certificate it is served over plain http. */
  constructor(server: Server, host: string, certificate: CertificateFile | undefined, log: ProgramLog) {
    this.#server = server;
    this.#host = host;
    this.#certificate = certificate;
    this.#programLog = log;
    // Node starts its watch over slow and silent clients when a server listens; this one is handed its connections.
    server.emit("listening");
  }

  /** A client has come over this gateway; `address` is its own, as the gateway says. */
  accept(leg: Leg, address: string, gateway: string): void {
    const { stream, raw } = leg;
    const certificate = this.#certificate;
    const opened = certificate
      ? acceptBrowserTls(stream, { raw, certificate, servername: this.#host, timeoutMs: limits.handshakeMs })
      : Promise.resolve(stream);
    opened
      .then((socket) => {
        // The system would say that it is the gateway's, for everybody.
        Object.defineProperty(socket, "remoteAddress", { value: address });
        // Read by `gatewayOf` in api, where a session is asked for.
        Object.defineProperty(socket, "gateway", { value: gateway });
        this.#server.emit("connection", socket);
      })
      .catch((error: unknown) => {
        resetNow(raw);
        // Who does not finish a handshake, or asks for another name, is anybody on the internet.
        if (error instanceof GenkanError) return;
        this.#programLog.error(
          { event: "authority.portal.unserved", error: String(error) },
          "a client of the portal was not served",
        );
      });
  }
}
