import type { KeyObject } from "node:crypto";
import type { Socket } from "node:net";
import { connect, createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { ProgramKey } from "../crypto/program-key.ts";
import { equalSecret, pinOf } from "../crypto/thumbprint.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { dialTcp } from "./dial.ts";
import { handshake } from "./handshake.ts";
import { resetNow } from "./reset.ts";
import { passClose } from "./tls-in-tls.ts";

/** TLS 1.3 whose peer is known by its key alone. Both streams stay half-open: a peer's end does not end this side. */
export interface PinnedSocket {
  readonly tls: TLSSocket;
  /** The TCP socket at the bottom, also when TLS runs inside TLS: what {@link cut} takes. */
  readonly raw: Socket;
  /** SHA-256 of the peer's SubjectPublicKeyInfo, base64url, proven in the handshake; null for a client without a key. */
  readonly peerKey: Pin | null;
  /** The key itself. Node shows a client the certificate of a TLS 1.3 server only once, so it is kept here. */
  readonly peerPublicKey: KeyObject | null;
}

/**
 * Dials `host` (an IP literal or name) and speaks TLS 1.3 with `servername`. The certificate's names, dates and issuer
 * mean nothing; its key must be `pin` (SHA-256 of the SubjectPublicKeyInfo, base64url).
 * Throws `peer-key-mismatch`, or `link-closed` when there is no handshake within `timeoutMs`.
 */
export async function connectPinned(o: {
  host: string;
  port: number;
  servername: string;
  pin: Pin;
  programKey?: ProgramKey;
  timeoutMs: number;
  signal?: AbortSignal;
}): Promise<PinnedSocket> {
  const started = performance.now();
  const raw = await dialTcp(o);
  const tls = connect({
    socket: raw,
    servername: o.servername,
    minVersion: "TLSv1.3",
    // The pin below takes the place of a certificate authority.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(o.programKey ? { secureContext: contextOf(o.programKey) } : {}),
  });
  await handshake(tls, raw, "secureConnect", o.timeoutMs - (performance.now() - started), o.signal);
  return proven({ tls, raw }, o.pin, true);
}

/**
 * Server side of TLS 1.3 over a stream that was accepted already: a TCP socket, or the TLSSocket of a leg (TLS inside
 * TLS). Bytes that the stream holds already (`unshift`) are part of the handshake. `clientKey` says whether the client
 * shows a key: not asked, asked, or required. With `pin` it must be that key.
 * Throws `peer-key-mismatch` (also for a key that is required and missing) or `link-closed`.
 */
export async function acceptPinned(
  stream: Socket,
  o: {
    raw: Socket;
    programKey: ProgramKey;
    clientKey: "none" | "asked" | "required";
    pin?: Pin;
    timeoutMs: number;
  },
): Promise<PinnedSocket> {
  const tls = new TLSSocket(stream, {
    isServer: true,
    secureContext: contextOf(o.programKey),
    requestCert: o.clientKey !== "none",
    // Judged below: TLS itself could only ask for a certificate authority.
    rejectUnauthorized: false,
  });
  passClose(stream, tls);
  await handshake(tls, o.raw, "secure", o.timeoutMs);
  return proven({ tls, raw: o.raw }, o.pin, o.clientKey === "required");
}

const contexts = new WeakMap<ProgramKey, SecureContext>();

function contextOf(programKey: ProgramKey): SecureContext {
  let context = contexts.get(programKey);
  if (!context) {
    context = createSecureContext({
      key: programKey.privateKey.export({ type: "pkcs8", format: "pem" }),
      cert: programKey.certificate,
      minVersion: "TLSv1.3",
      // A resumed session would ask nobody for a key; with `requestCert` it even ends in a fatal alert.
      secureOptions: noTicket,
    });
    contexts.set(programKey, context);
  }
  return context;
}

/** SSL_OP_NO_TICKET of OpenSSL; `node:crypto`'s constants belong to crypto/. */
const noTicket = 0x4000;

function proven(socket: { tls: TLSSocket; raw: Socket }, pin: Pin | undefined, required: boolean): PinnedSocket {
  const key = socket.tls.getPeerX509Certificate()?.publicKey;
  const peerKey = key ? pinOf(key) : null;
  const missing = peerKey === null && (required || pin !== undefined);
  if (missing || (peerKey !== null && pin !== undefined && !equalSecret(peerKey, pin))) {
    resetNow(socket.raw);
    throw new GenkanError("peer-key-mismatch");
  }
  return { ...socket, peerKey, peerPublicKey: key ?? null };
}
