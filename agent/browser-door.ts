import type { Duplex } from "node:stream";
import type { Channel } from "../channels/channel.ts";
import type { Leg } from "../link/carrier.ts";
import { acceptBrowserTls } from "../link/certificate-file.ts";
import { resetNow } from "../link/reset.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Door, Doorway } from "./door.ts";
import { BrowserEntrance } from "./entrance.ts";
import { isLoopbackHost } from "./loopback-host.ts";

/** Browsers come in by http; the form at `/.genkan/enter` opens the session, and a cookie of this one host keeps it. */
export class BrowserDoor implements Door {
  readonly #channel: Channel;
  readonly #way: Doorway;
  readonly #host: string;
  /**
   * Legs whose client has shown nothing yet, the oldest first. Anybody may come who knows the session's name; a full house
   * asks the one to leave who has stood there longest without a proof, so that who has entered is never kept out.
   */
  readonly #strangers = new Set<Leg>();
  readonly #legs = new WeakMap<Duplex, Leg>();

  constructor(way: Doorway) {
    const { ticket } = way.admission;
    this.#way = way;
    this.#host = ticket.host.toLowerCase();
    this.#channel = way.channel(
      new BrowserEntrance({
        host: this.#host,
        async prove({ session, proof, binding }) {
          if (session !== ticket.session) throw new GenkanError("proof-invalid");
          await way.prove(proof, binding);
        },
        entered: (client) => {
          const leg = this.#legs.get(client);
          if (leg) this.#strangers.delete(leg);
        },
      }),
    );
  }

  accept(leg: Leg): void {
    const { certificate } = this.#way;
    const { stream, raw } = leg;
    this.#strangers.add(leg);
    raw.once("close", () => this.#strangers.delete(leg));
    const [oldest] = this.#strangers;
    if (oldest && this.#strangers.size > limits.strangersPerSession) resetNow(oldest.raw);
    // With a certificate there is no plain way in; without one, only for browsers on this machine.
    if (!certificate) return isLoopbackHost(this.#host) ? this.#acceptPlain(leg) : resetNow(raw);
    const servername = this.#host.replace(/:\d{1,5}$/, "");
    acceptBrowserTls(stream, { raw, certificate, servername, timeoutMs: limits.handshakeMs }).then(
      (tls) => this.#serve(leg, tls),
      // Nothing is logged: a client without a handshake has not said who it is.
      () => resetNow(raw),
    );
  }

  #acceptPlain(leg: Leg): void {
    const { stream, raw } = leg;
    const first = stream.read(1) as Buffer | null;
    if (!first) return resetNow(raw);
    stream.unshift(first);
    this.#serve(leg, stream);
  }

  #serve(leg: Leg, client: Duplex): void {
    this.#legs.set(client, leg);
    this.#channel.accept(client);
  }

  end(reason: EndReason): void {
    this.#channel.end(reason);
  }
}
