import type { ProgramKey } from "../crypto/program-key.ts";
import type { Pin, Token } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { requireRelease, versionHeader } from "../protocol/version.ts";
import { gatewayName } from "../protocol/wire-name.ts";
import type { Carrier, Leg } from "./carrier.ts";
import { connectPinned, type PinnedSocket } from "./pinned-tls.ts";
import { resetNow } from "./reset.ts";
import { formatUpgradeRequest, parseUpgradeAnswer, readHead } from "./upgrade.ts";

/** A gateway as others know it: where it listens, and the SHA-256 of its public key. */
export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  readonly pin: Pin;
}

/** Carrier U: TLS to the gateway's pinned key, `Upgrade: genkan`, then raw bytes. */
export class UpgradeCarrier implements Carrier {
  readonly #gateway: GatewayAddress;

  constructor(gateway: GatewayAddress) {
    this.#gateway = gateway;
  }

  async dial(token: Token, signal?: AbortSignal): Promise<Leg> {
    const socket = await upgraded(this.#gateway, "/leg", "genkan", {
      headers: { "Genkan-Token": token },
      ...(signal ? { signal } : {}),
    });
    return { stream: socket.tls, raw: socket.raw };
  }
}

/** The authority's side of a control link to a gateway; `programKey` is the one that the gateway has pinned. */
export function dialControl(
  gateway: GatewayAddress & { programKey: ProgramKey; signal?: AbortSignal },
): Promise<PinnedSocket> {
  const { programKey, signal } = gateway;
  return upgraded(gateway, "/control", "genkan-control", { programKey, ...(signal ? { signal } : {}) });
}

async function upgraded(
  gateway: GatewayAddress,
  path: string,
  protocol: string,
  o: { headers?: Record<string, string>; programKey?: ProgramKey; signal?: AbortSignal },
): Promise<PinnedSocket> {
  const socket = await connectPinned({
    host: gateway.host,
    port: gateway.port,
    pin: gateway.pin,
    servername: gatewayName,
    timeoutMs: limits.handshakeMs,
    ...(o.programKey ? { programKey: o.programKey } : {}),
    ...(o.signal ? { signal: o.signal } : {}),
  });
  const abort = () => resetNow(socket.raw);
  o.signal?.addEventListener("abort", abort, { once: true });
  if (o.signal?.aborted) abort();
  try {
    socket.tls.write(formatUpgradeRequest(path, protocol, o.headers));
    const answer = parseUpgradeAnswer(await readHead(socket.tls, limits.handshakeMs));
    // The gateway says no more than "no": a key or token that it does not know, or a session that has ended.
    if (answer.status !== 101) throw new GenkanError("token-refused");
    if (answer.headers.get("upgrade") !== protocol) throw new GenkanError("hello-malformed");
    // An agent finds its gateway as old as the authority does, and follows what the authority orders there.
    if (o.programKey) requireRelease(answer.headers.get(versionHeader));
    return socket;
  } catch (error) {
    resetNow(socket.raw);
    throw error;
  } finally {
    o.signal?.removeEventListener("abort", abort);
  }
}
