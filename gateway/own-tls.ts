import type { Socket } from "node:net";
import type { ProgramKey } from "../crypto/program-key.ts";
import { equalSecret } from "../crypto/thumbprint.ts";
import type { Leg } from "../link/carrier.ts";
import { acceptPinned, type PinnedSocket } from "../link/pinned-tls.ts";
import { resetNow } from "../link/reset.ts";
import { notFound, parseUpgradeRequest, readHead, switchingProtocols, type UpgradeRequest } from "../link/upgrade.ts";
import type { Pin } from "../protocol/brand.ts";
import { limits } from "../protocol/limits.ts";
import type { Route } from "./route.ts";

export interface OwnTls {
  readonly programKey: ProgramKey;
  readonly authorityKey: Pin;
  /** Uses the token up; undefined when it is not good. */
  readonly redeem: (token: string) => Route | undefined;
  readonly onControl: (socket: PinnedSocket) => void;
}

/**
 * A connection to the gateway itself: its TLS ends here, and inside is one request (docs/protocol.md, "The gateway's own
 * TLS"). Resolves true when the connection has become a leg or the control link, false when it was answered 404 and is
 * closed; throws when it never got as far as a request, and the caller resets it.
 */
export async function serveOwnTls(raw: Socket, head: Buffer, own: OwnTls): Promise<boolean> {
  raw.unshift(head);
  const socket = await acceptPinned(raw, {
    raw,
    programKey: own.programKey,
    clientKey: "asked",
    timeoutMs: limits.handshakeMs,
  });
  const request = parseUpgradeRequest(await readHead(socket.tls, limits.handshakeMs));
  if (isUpgrade(request, "/leg", "genkan")) {
    const route = own.redeem(request.headers.get("genkan-token") ?? "");
    if (route) {
      socket.tls.write(switchingProtocols("genkan"));
      const leg: Leg = { stream: socket.tls, raw };
      route.add(leg);
      return true;
    }
  }
  const isAuthority = socket.peerKey !== null && equalSecret(socket.peerKey, own.authorityKey);
  if (isUpgrade(request, "/control", "genkan-control") && isAuthority) {
    socket.tls.write(switchingProtocols("genkan-control"));
    own.onControl(socket);
    return true;
  }
  await refuse(socket);
  return false;
}

function isUpgrade(request: UpgradeRequest, path: string, protocol: string): boolean {
  return (
    request.path === path &&
    request.headers.get("upgrade") === protocol &&
    request.headers.get("connection")?.toLowerCase() === "upgrade"
  );
}

/** Resolves when it is closed: until then it holds a stranger's place. */
function refuse({ tls, raw }: PinnedSocket): Promise<void> {
  // Read on, or the other side's end is never seen.
  tls.resume();
  tls.end(notFound);
  return new Promise((resolve) => {
    if (raw.destroyed) return resolve();
    const timer = setTimeout(() => resetNow(raw), limits.controlCloseMs);
    raw.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
