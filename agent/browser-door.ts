import type { Channel } from "../channels/channel.ts";
import { BrowserEntrance } from "../channels/http-entrance.ts";
import type { Leg } from "../link/carrier.ts";
import { acceptBrowserTls } from "../link/certificate-file.ts";
import { cut } from "../link/cut.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Door, Doorway } from "./door.ts";
import { isLoopbackHost } from "./loopback-host.ts";

/** Browsers come in by http; the form at `/.genkan/enter` opens the session, and a cookie of this one host keeps it. */
export class BrowserDoor implements Door {
  readonly #channel: Channel;
  readonly #way: Doorway;
  readonly #host: string;

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
      }),
    );
  }

  accept(leg: Leg): void {
    const { certificate } = this.#way;
    const { stream, raw } = leg;
    // With a certificate there is no plain way in; without one, only for browsers on this machine.
    if (!certificate) return isLoopbackHost(this.#host) ? this.#acceptPlain(leg) : cut(raw);
    const servername = this.#host.replace(/:\d{1,5}$/, "");
    acceptBrowserTls(stream, { raw, certificate, servername, timeoutMs: limits.handshakeMs }).then(
      (tls) => this.#channel.accept(tls),
      // Nothing is logged: a client without a handshake has not said who it is.
      () => cut(raw),
    );
  }

  #acceptPlain({ stream, raw }: Leg): void {
    const first = stream.read(1) as Buffer | null;
    if (!first) return cut(raw);
    stream.unshift(first);
    this.#channel.accept(stream);
  }

  end(reason: EndReason): void {
    this.#channel.end(reason);
  }
}
