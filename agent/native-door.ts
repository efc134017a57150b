import type { TLSSocket } from "node:tls";
import { carryTcp } from "../channels/tcp.ts";
import type { Leg } from "../link/carrier.ts";
import { cut } from "../link/cut.ts";
import { Multiplexer } from "../link/multiplexer.ts";
import { acceptPinned } from "../link/pinned-tls.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Behind, Door, DoorGround } from "./door.ts";

/**
 * The command line comes in by mutual TLS with the key that the ticket names, to the very host of the ticket, and proves
 * its workstation in the first frame. One link serves the whole session; each of its streams is a TCP connection.
 */
export class NativeDoor implements Door {
  readonly #session: Behind;
  readonly #ground: DoorGround;
  #link: Multiplexer | undefined;

  constructor(session: Behind, ground: DoorGround) {
    this.#session = session;
    this.#ground = ground;
  }

  accept(leg: Leg): void {
    this.#serve(leg).catch((error: unknown) => {
      cut(leg.raw);
      const code = error instanceof GenkanError ? error.code : "internal";
      this.#ground.log.warn({ session: this.#session.id, code }, "a client was turned away");
      this.#session.tap.refused(code);
    });
  }

  end(reason: EndReason): void {
    this.#link?.close(reason);
  }

  async #serve({ stream, raw }: Leg): Promise<void> {
    const { ticket, window } = this.#session.admission;
    const { tls } = await acceptPinned(stream, {
      raw,
      identity: this.#ground.identity,
      clientKey: "required",
      ...(ticket.clientKey === null ? {} : { pin: ticket.clientKey }),
      timeoutMs: limits.handshakeMs,
    });
    if (serverNameOf(tls) !== ticket.host.toLowerCase()) throw new GenkanError("name-unknown");
    let over = false;
    const link = new Multiplexer(tls, {
      role: "agent",
      log: this.#ground.log,
      onStream: (incoming) => void carryTcp(incoming, this.#session),
      onClose: ({ error }) => {
        over = true;
        // Whoever breaks the protocol tries something; a link that is merely over does not.
        if (error && error.code.startsWith("frame-")) this.#session.tap.refused(error.code);
        // Its farewell, if any, is given the time to leave before the socket goes too.
        if (this.#link !== link) setTimeout(() => cut(raw), limits.controlCloseMs).unref();
        else this.#session.lost();
      },
    });
    const jws = await link.proof(limits.proofMs);
    try {
      await this.#session.gate.pass(jws, `tls:${ticket.clientKey}`);
      this.#session.begin();
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      this.#session.tap.refused(error.code);
      return link.refuse(error.code);
    }
    this.#link = link;
    // The client went away while its proof was verified. The proof is spent, so no other can follow.
    if (over) return this.#session.lost();
    link.ready({ windowEnd: window.end });
  }
}

/** The name in the client's hello; node's types leave it out on the server's side. */
function serverNameOf(tls: TLSSocket): string | undefined {
  const { servername } = tls as TLSSocket & { servername?: string | false };
  return typeof servername === "string" ? servername.toLowerCase() : undefined;
}
