import { HttpChannel } from "../channels/http.ts";
import type { Leg } from "../link/carrier.ts";
import { acceptBrowserTls } from "../link/certificate-file.ts";
import { cut } from "../link/cut.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Behind, Door, DoorGround } from "./door.ts";
import { isLoopbackHost } from "./loopback-host.ts";

/** Browsers come in by http; the form at `/.genkan/enter` opens the session, and a cookie of this one host keeps it. */
export class BrowserDoor implements Door {
  readonly #channel: HttpChannel;
  readonly #ground: DoorGround;
  readonly #host: string;

  constructor(session: Behind, ground: DoorGround) {
    this.#ground = ground;
    this.#host = session.admission.ticket.host.toLowerCase();
    this.#channel = new HttpChannel({
      host: this.#host,
      device: session,
      log: ground.log,
      async prove({ session: named, proof, binding }) {
        if (named !== session.id) throw new GenkanError("proof-invalid");
        await session.gate.pass(proof, binding);
        session.begin();
      },
    });
  }

  accept(leg: Leg): void {
    const { certificate } = this.#ground;
    const { stream, raw } = leg;
    // With a certificate there is no plain way in; without one, only for browsers on this machine.
    if (!certificate) return isLoopbackHost(this.#host) ? this.#acceptPlain(leg) : cut(raw);
    const servername = this.#host.replace(/:\d{1,5}$/, "");
    acceptBrowserTls(stream, { raw, certificate, servername, timeoutMs: limits.handshakeMs }).then(
      (tls) => this.#channel.accept(tls),
      // The reset says it all; who it was is not known yet.
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
