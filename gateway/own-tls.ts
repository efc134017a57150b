import type { Socket } from "node:net";
import type { Identity } from "../crypto/identity.ts";
import { equalSecret } from "../crypto/thumbprint.ts";
import type { Leg } from "../link/carrier.ts";
import { cut } from "../link/cut.ts";
import { acceptPinned, type PinnedSocket } from "../link/pinned-tls.ts";
import { notFound, parseUpgradeRequest, readHead, switchingProtocols, type UpgradeRequest } from "../link/upgrade.ts";
import { limits } from "../protocol/limits.ts";
import type { Route } from "./route.ts";

export interface OwnTls {
  readonly identity: Identity;
  readonly authorityKey: string;
  /** Uses the token up; undefined when it is not good. */
  readonly redeem: (token: string) => Route | undefined;
  readonly onControl: (socket: PinnedSocket) => void;
}

/**
 * A connection to the gateway itself: its TLS ends here, and inside is one request (docs/protocol.md, "The gateway's own
 * TLS"). Resolves when the connection has become a leg or the control link, or was answered 404; throws when it never got
 * as far as a request, and the caller resets it.
 */
export async function serveOwnTls(raw: Socket, head: Buffer, own: OwnTls): Promise<void> {
  raw.unshift(head);
  const socket = await acceptPinned(raw, {
    raw,
    identity: own.identity,
    clientKey: "asked",
    timeoutMs: limits.handshakeMs,
  });
  const request = parseUpgradeRequest(await readHead(socket.tls, limits.handshakeMs));
  if (isUpgrade(request, "/leg", "genkan")) {
    const route = own.redeem(request.headers.get("genkan-token") ?? "");
    if (route) {
      socket.tls.write(switchingProtocols("genkan"));
      const leg: Leg = { stream: socket.tls, raw };
      return route.add(leg);
    }
  }
  const isAuthority = socket.peerKey !== null && equalSecret(socket.peerKey, own.authorityKey);
  if (isUpgrade(request, "/control", "genkan-control") && isAuthority) {
    socket.tls.write(switchingProtocols("genkan-control"));
    return own.onControl(socket);
  }
  refuse(socket);
}

function isUpgrade(request: UpgradeRequest, path: string, protocol: string): boolean {
  return (
    request.path === path &&
    request.headers.get("upgrade") === protocol &&
    request.headers.get("connection")?.toLowerCase() === "upgrade"
  );
}

function refuse({ tls, raw }: PinnedSocket): void {
  // Read on, or the other side's end is never seen.
  tls.resume();
  tls.end(notFound);
  const timer = setTimeout(() => cut(raw), limits.controlCloseMs);
  raw.once("close", () => clearTimeout(timer));
}
