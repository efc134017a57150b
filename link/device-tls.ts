import type { Socket } from "node:net";
import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { sha256 } from "../crypto/thumbprint.ts";
import type { Hash } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { TlsException } from "../protocol/service.ts";
import { handshake } from "./handshake.ts";

/** TLS to a device, not a byte of which has been used yet. */
export interface DeviceTls {
  readonly tls: TLSSocket;
  /** SHA-256 of the device's certificate (DER), base64url. */
  readonly certificate: Hash;
}

/**
 * Speaks TLS over a connection to a device, which is reset when this fails. Without an exception the device speaks TLS 1.2 or
 * later, and its certificate names `address` and is vouched for by an authority that this host trusts. `self-signed` takes
 * any certificate (its issuer, names and dates mean nothing then), `old-tls` also TLS 1.0 and 1.1 with the keys and ciphers
 * of their time. Whether it is the certificate of before is the caller's question. Throws `device-untrusted`, or
 * `device-unreachable` when there is no handshake within `timeoutMs`.
 */
export async function speakDeviceTls(
  raw: Socket,
  o: {
    address: string;
    exceptions: readonly TlsException[];
    /** PEM of the authorities that this host trusts; the same array each time, for it is read once. */
    roots: readonly string[];
    timeoutMs: number;
    signal: AbortSignal;
  },
): Promise<DeviceTls> {
  const tls = connect({
    socket: raw,
    host: o.address,
    secureContext: contextOf(o.roots, o.exceptions.includes("old-tls")),
    // Judged below, so that each failure has its own code.
    rejectUnauthorized: false,
  });
  try {
    await handshake(tls, raw, "secureConnect", o.timeoutMs, o.signal);
  } catch (cause) {
    throw new GenkanError(isVersionFault(cause) ? "device-untrusted" : "device-unreachable", undefined, { cause });
  }
  const certificate = tls.getPeerX509Certificate();
  if (!certificate || (!tls.authorized && !o.exceptions.includes("self-signed"))) {
    raw.resetAndDestroy();
    throw new GenkanError("device-untrusted", undefined, { cause: tls.authorizationError });
  }
  return { tls, certificate: sha256(certificate.raw) };
}

const contexts = new WeakMap<readonly string[], Map<boolean, SecureContext>>();

/** Some 150 authorities take longer to read than a handshake. */
function contextOf(roots: readonly string[], old: boolean): SecureContext {
  const known = contexts.get(roots) ?? new Map<boolean, SecureContext>();
  contexts.set(roots, known);
  const context = known.get(old) ?? createSecureContext({ ca: [...roots], ...(old ? oldTls : newTls) });
  known.set(old, context);
  return context;
}

const newTls = { minVersion: "TLSv1.2" } as const;

/**
 * What OpenSSL 3 refuses by itself and devices of that time need: the versions, keys and hashes that its security level 0
 * allows, and servers without RFC 5746 (SSL_OP_LEGACY_SERVER_CONNECT).
 */
const oldTls = { minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0", secureOptions: 0x4 } as const;

/** Whether both sides speak TLS and find nothing that both allow. A side that speaks something else does not count. */
function isVersionFault(error: unknown): boolean {
  const cause = error instanceof GenkanError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return versionFaults.test(cause?.code ?? "");
}

const versionFaults =
  /^ERR_SSL_(?:UNSUPPORTED_PROTOCOL|WRONG_SIGNATURE_TYPE|DH_KEY_TOO_SMALL|UNSAFE_LEGACY_RENEGOTIATION_DISABLED|NO_CIPHERS_AVAILABLE|(?:SSL\/TLS|SSLV3|TLSV1)_ALERT_(?:HANDSHAKE_FAILURE|PROTOCOL_VERSION|INSUFFICIENT_SECURITY))$/;
