import { HttpChannel } from "../channels/http.ts";
import type { Leg } from "../link/carrier.ts";
import { cut } from "../link/cut.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Door, Session, SessionGround } from "./session.ts";

/** Browsers come in by http; the form at `/.genkan/enter` opens the session, and a cookie of this one host keeps it. */
export class BrowserDoor implements Door {
  readonly #channel: HttpChannel;

  constructor(session: Session, ground: SessionGround) {
    this.#channel = new HttpChannel({
      host: session.admission.ticket.host.toLowerCase(),
      device: session,
      log: ground.log,
      async prove({ session: named, proof, binding }) {
        if (named !== session.id) throw new GenkanError("proof-invalid");
        await session.gate.pass(proof, binding);
        session.begin();
      },
    });
  }

  accept({ stream, raw }: Leg): void {
    const first = stream.read(1) as Buffer | null;
    if (!first) return cut(raw);
    stream.unshift(first);
    this.#channel.accept(stream);
  }

  end(reason: EndReason): void {
    this.#channel.end(reason);
  }
}
