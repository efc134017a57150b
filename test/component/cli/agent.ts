import type { Socket } from "node:net";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { verifyWithJwk } from "../../../crypto/statement.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { type Listener, listen } from "../../../link/listen.ts";
import { type IncomingStream, Multiplexer } from "../../../link/multiplexer.ts";
import { acceptPinned } from "../../../link/pinned-tls.ts";
import { resetNow } from "../../../link/reset.ts";
import type { SessionTicket } from "../../../protocol/api/session.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { Proof } from "../../../protocol/statement.ts";
import { idOf } from "./facts.ts";

const windowMs = 60 * 60_000;

/** An agent on a real socket: mutual TLS, the proof verified, then each stream echoed. */
export class Agent {
  readonly programKey: ProgramKey = createProgramKey();
  readonly raws: Socket[] = [];
  mux: Multiplexer | undefined;
  proof: (Proof & { clientKey: string | null }) | undefined;
  refusal: "proof-invalid" | undefined;
  windowEnd = new Date(Date.now() + windowMs).toISOString();
  onStream = (stream: IncomingStream): void => {
    stream.accept();
    stream.pipe(stream);
  };
  #listener: Listener | undefined;

  async listen(): Promise<this> {
    this.#listener = await listen({
      host: "127.0.0.1",
      port: 0,
      onSocket: (raw) => void this.#serve(raw).catch(() => {}),
    });
    return this;
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  /** What the authority hands out for a session with it. */
  get ticket(): SessionTicket {
    return {
      session: idOf("session"),
      host: "random.link.genkan.internal",
      origin: null,
      proofNonce: "the-nonce",
      grantHash: sha256("grant"),
      agentKey: this.programKey.pin,
      gateway: { host: "gateway.localhost", port: this.port },
      windowEnd: this.windowEnd,
    };
  }

  close(): void {
    this.#listener?.close();
    resetNow(...this.raws);
  }

  async #serve(raw: Socket): Promise<void> {
    this.raws.push(raw);
    const { programKey } = this;
    const { tls, peerKey } = await acceptPinned(raw, { raw, programKey, clientKey: "required", timeoutMs: 5_000 });
    const mux = new Multiplexer(tls, {
      role: "agent",
      log: silentProgramLog,
      onStream: (s) => this.onStream(s),
      onClose() {},
    });
    this.mux = mux;
    const shown = await verifyWithJwk("genkan/proof/v1", Proof, await mux.proof(), "proof-invalid");
    this.proof = { ...shown.payload, clientKey: peerKey };
    if (this.refusal) mux.refuse(this.refusal);
    else mux.ready({ windowEnd: this.windowEnd });
  }
}
