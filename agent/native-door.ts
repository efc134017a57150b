import type { TLSSocket } from "node:tls";
import type { Channel } from "../channels/channel.ts";
import type { Leg } from "../link/carrier.ts";
import { Multiplexer } from "../link/multiplexer.ts";
import { acceptPinned } from "../link/pinned-tls.ts";
import { resetNow } from "../link/reset.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Door, Doorway } from "./door.ts";
import { NativeEntrance } from "./entrance.ts";

/**
 * The command line comes in by mutual TLS with the key that the ticket names, to the very host of the ticket, and proves
 * its workstation in the first frame. One link serves the whole session; each of its streams is one connection of a tool.
 */
export class NativeDoor implements Door {
  readonly #channel: Channel;
  readonly #way: Doorway;
  #link: Multiplexer | undefined;

  constructor(way: Doorway) {
    this.#way = way;
    this.#channel = way.channel(new NativeEntrance());
  }

  accept(leg: Leg): void {
    this.#serve(leg).catch((error: unknown) => {
      resetNow(leg.raw);
      const code = error instanceof GenkanError ? error.code : "internal";
      const way = this.#way;
      way.log.warn(
        { event: "agent.client.turned-away", session: way.admission.ticket.session, code },
        "a client was turned away",
      );
      way.refused(code);
    });
  }

  end(reason: EndReason): void {
    this.#link?.close(reason);
    this.#channel.end(reason);
  }

  async #serve({ stream, raw }: Leg): Promise<void> {
    const way = this.#way;
    const { ticket, window } = way.admission;
    const { tls } = await acceptPinned(stream, {
      raw,
      programKey: way.programKey,
      clientKey: "required",
      ...(ticket.clientKey === null ? {} : { pin: ticket.clientKey }),
      timeoutMs: limits.handshakeMs,
    });
    if (serverNameOf(tls) !== ticket.host.toLowerCase()) throw new GenkanError("name-unknown");
    let over = false;
    const link = new Multiplexer(tls, {
      role: "agent",
      log: way.log,
      onStream: (incoming) => this.#channel.accept(incoming),
      onClose: ({ error }) => {
        over = true;
        // Whoever breaks the protocol tries something; a link that is merely over does not.
        if (error && error.code.startsWith("frame-")) way.refused(error.code);
        // Its farewell, if any, is given the time to leave before the socket goes too.
        if (this.#link !== link) setTimeout(() => resetNow(raw), limits.controlCloseMs).unref();
        else way.lost();
      },
    });
    const jws = await link.proof(limits.proofMs);
    try {
      await way.prove(jws, `tls:${ticket.clientKey}`);
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      way.refused(error.code);
      return link.refuse(error.code);
    }
    this.#link = link;
    // The client went away while its proof was verified. The proof is spent, so no other can follow.
    if (over) return way.lost();
    link.ready({ windowEnd: window.end });
  }
}

/** The name in the client's hello; node's types leave it out on the server's side. */
function serverNameOf(tls: TLSSocket): string | undefined {
  const { servername } = tls as TLSSocket & { servername?: string | false };
  return typeof servername === "string" ? servername.toLowerCase() : undefined;
}
