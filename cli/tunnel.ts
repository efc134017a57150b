import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ProgramKey } from "../crypto/program-key.ts";
import { publicJwkOf } from "../crypto/public-jwk.ts";
import { signWithJwk } from "../crypto/statement.ts";
import { type Listener, listen } from "../link/listen.ts";
import { type LinkEnd, Multiplexer } from "../link/multiplexer.ts";
import { connectPinned } from "../link/pinned-tls.ts";
import { resetNow } from "../link/reset.ts";
import type { SessionTicket } from "../protocol/api/session.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { silentProgramLog } from "../protocol/program-log.ts";
import { UsageError } from "./usage-error.ts";

export interface LinkOptions {
  readonly ticket: SessionTicket;
  /** The ephemeral key that the ticket names. */
  readonly programKey: ProgramKey;
  /** This computer's key, which the grant names. */
  readonly workstation: ProgramKey;
  readonly signal: AbortSignal;
}

/** A way to the device that is proven: each stream is a connection of its own to the granted service. */
export interface Link {
  /** Instant at which the agent will close the window. */
  readonly windowEnd: string;
  readonly counts: { readonly up: number; readonly down: number; readonly connections: number };
  /** Milliseconds for which the other end has been silent though it was asked for an answer; 0 while it answers. */
  readonly silentMs: number;
  /** Throws `stream-limit`, `link-closed`. The stream is destroyed with the agent's code when it is refused. */
  open(): Duplex;
  /** Once the link is over. */
  readonly ended: Promise<LinkEnd>;
  /** Ends it from this side, at once. */
  close(): void;
}

/**
 * Dials the agent through the gateway and proves this computer: in TLS 1.3 a client thinks itself connected before the agent
 * has refused it. Throws the agent's refusal, `peer-key-mismatch`, `link-closed`, `reply-timeout`.
 */
export async function openLink({ ticket, programKey, workstation, signal }: LinkOptions): Promise<Link> {
  const { tls, raw } = await connectPinned({
    host: ticket.gateway.host.endsWith(".localhost") ? "127.0.0.1" : ticket.gateway.host,
    port: ticket.gateway.port,
    servername: ticket.host,
    pin: ticket.agentKey,
    programKey,
    timeoutMs: limits.handshakeMs,
    signal,
  });
  const over = Promise.withResolvers<LinkEnd>();
  const mux = new Multiplexer(tls, { role: "client", log: silentProgramLog, onClose: over.resolve });
  const ended = over.promise.then((end) => {
    resetNow(raw);
    return end;
  });
  try {
    const proof = await signWithJwk(
      "genkan/proof/v1",
      {
        grant: ticket.grantHash,
        session: ticket.session,
        nonce: ticket.proofNonce,
        binding: `tls:${programKey.pin}`,
      },
      workstation.privateKey,
      publicJwkOf(workstation.publicKey),
    );
    const { windowEnd } = await mux.prove(proof);
    return {
      windowEnd,
      get counts() {
        return mux.counts;
      },
      get silentMs() {
        return mux.silentMs;
      },
      open: () => mux.open(),
      ended,
      close: () => mux.abort(),
    };
  } catch (error) {
    mux.abort();
    throw error;
  }
}

/**
 * A port on 127.0.0.1 that leads to the service until the link is over; each connection to it is a stream. `port` is 0 for
 * any. `refused` is told of a connection that the agent refused, or that can't be carried. Throws a usage error.
 */
export async function openPort(link: Link, port: number, refused: (error: GenkanError) => void): Promise<number> {
  const listener = await listenHere(port, (socket) => forward(socket, link, refused));
  void link.ended.then(() => listener.close());
  return listener.port;
}

async function listenHere(port: number, onSocket: (socket: Socket) => void): Promise<Listener> {
  try {
    return await listen({ host: "127.0.0.1", port, onSocket });
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    throw new UsageError(taken ? "port-taken" : "port-refused", { port }, { cause });
  }
}

function forward(socket: Socket, link: Link, refused: (error: GenkanError) => void): void {
  const tell = (error: unknown) => {
    if (error instanceof GenkanError && !ordinary.has(error.code)) refused(error);
  };
  let stream: Duplex;
  try {
    stream = link.open();
  } catch (error) {
    // The link is over, or full: whoever connected sees a reset, as from a device that takes no more.
    tell(error);
    return resetNow(socket);
  }
  stream.on("error", tell);
  join(socket, stream);
}

/** No news for the person: the connection broke, or went with its session, whose end is told with its reason. */
const ordinary = new Set<ErrorCode>(["link-closed", "session-ended"]);

/**
 * Carries bytes both ways between a local connection and its stream. Each way ends by itself; a reset of one side
 * resets the other, so that a tool never takes half a file for a whole one.
 */
function join(socket: Socket, stream: Duplex): void {
  socket.pipe(stream);
  stream.pipe(socket);
  stream.on("close", () => {
    if (!stream.readableEnded || !stream.writableFinished) resetNow(socket);
  });
  socket.on("close", () => {
    if (!socket.readableEnded || !socket.writableFinished) stream.destroy();
  });
}
