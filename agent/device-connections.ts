import type { Socket } from "node:net";
import { speakDeviceTls } from "../link/device-tls.ts";
import { dialTcp } from "../link/dial.ts";
import { resetNow } from "../link/reset.ts";
import type { Hash } from "../protocol/brand.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { CertificateSeen } from "../protocol/recording.ts";
import { type Service, ways } from "../protocol/service.ts";
import type { DeviceCertificates } from "./device-certificates.ts";

export interface DeviceConnectionsOptions {
  readonly service: Service;
  /** Name of the device, for people. */
  readonly device: string;
  readonly allowList: { permits(address: string, port: number): boolean };
  readonly certificates: DeviceCertificates;
  /** PEM of the authorities that may vouch for a device's certificate. */
  readonly roots: readonly string[];
  /** Aborted when the session ends. */
  readonly signal: AbortSignal;
  /** A connection was refused here. */
  refused(code: ErrorCode): void;
  /** The device's certificate is news. One that has `changed` is to end the session before this returns. */
  seen(seen: CertificateSeen, certificate: Hash): void;
}

/** A session's connections to its one device: to the granted address and port, as the agent's own list allows it now. */
export class DeviceConnections {
  readonly #o: DeviceConnectionsOptions;
  readonly #open = new Set<Socket>();
  #dialling = 0;

  constructor(o: DeviceConnectionsOptions) {
    this.#o = o;
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * A new one, inside TLS where the service's protocol runs in it. Throws `target-not-listed`, `stream-limit`,
   * `device-unreachable`, `device-untrusted`, `certificate-changed`, or `session-ended`.
   */
  async dial(): Promise<Socket> {
    const { signal, service } = this.#o;
    const { address: host, port } = service;
    if (signal.aborted) throw new GenkanError("session-ended");
    if (!this.#o.allowList.permits(host, port)) {
      this.#o.refused("target-not-listed");
      throw new GenkanError("target-not-listed");
    }
    if (this.#open.size + this.#dialling >= limits.connectionsPerSession) throw new GenkanError("stream-limit");
    this.#dialling += 1;
    try {
      const socket = await dialTcp({ host, port, timeoutMs: limits.deviceDialMs, signal });
      this.#open.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#open.delete(socket));
      if (signal.aborted) resetNow(socket);
      const device = ways[service.protocol].tls ? await this.#secured(socket) : socket;
      if (signal.aborted) throw new GenkanError("session-ended");
      return device;
    } catch (cause) {
      // Whatever failed in a session that is over, and the certificate that ended it is told by itself.
      const code = cause instanceof GenkanError && cause.code !== "link-closed" ? cause.code : "device-unreachable";
      throw new GenkanError(signal.aborted && code !== "certificate-changed" ? "session-ended" : code, undefined, {
        cause,
      });
    } finally {
      this.#dialling -= 1;
    }
  }

  /** Resets all of them. */
  cut(): void {
    resetNow(...this.#open);
  }

  /** TLS over a connection, if the device's certificate is the one of before. */
  async #secured(raw: Socket): Promise<Socket> {
    const { service, signal } = this.#o;
    const { tls, certificate } = await speakDeviceTls(raw, {
      address: service.address,
      exceptions: service.tls ?? [],
      roots: this.#o.roots,
      timeoutMs: limits.handshakeMs,
      signal,
    });
    if (signal.aborted) throw new GenkanError("session-ended");
    const name = `${this.#o.device}, ${service.name}, ${service.address}:${service.port}`;
    let seen: CertificateSeen | "known" = "changed";
    try {
      seen = this.#o.certificates.judge({ service: service.id, name }, certificate);
    } finally {
      // Not a byte goes to a device whose certificate is another one, or could not be judged.
      if (seen === "changed") resetNow(raw);
    }
    if (seen !== "known") this.#o.seen(seen, certificate);
    if (seen === "changed") throw new GenkanError("certificate-changed");
    return tls;
  }
}
