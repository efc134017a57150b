import type { ProgramKey } from "../crypto/program-key.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";

export interface GatewayConfig {
  readonly listenHost: string;
  /** 0 lets the system choose. */
  readonly listenPort: number;
  readonly programKey: ProgramKey;
  /** SHA-256 of the authority's public key, base64url: the only key that may give orders. */
  readonly authorityKey: Pin;
  /** Routes plain HTTP by its Host, for clients on loopback only: the demo. */
  readonly loopbackHttp: boolean;
}

/** Checks once, then freezes. Throws `bad-request` and says what was expected. */
export function gatewayConfig(config: GatewayConfig): GatewayConfig {
  if (!Number.isInteger(config.listenPort) || config.listenPort < 0 || config.listenPort > 65_535) {
    throw new GenkanError("bad-request", "The port must be a number from 0 to 65535.");
  }
  if (config.listenHost.length === 0) throw new GenkanError("bad-request", "The address to listen on is missing.");
  if (!/^[A-Za-z0-9_-]{43}$/.test(config.authorityKey)) {
    throw new GenkanError("bad-request", "The authority's key must be the SHA-256 of a public key.");
  }
  return Object.freeze({ ...config });
}
