import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { StateFolder } from "../../../cli/state-folder.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { signWithJwk } from "../../../crypto/statement.ts";
import { connectPinned } from "../../../link/pinned-tls.ts";
import type { SessionTicket } from "../../../protocol/api/session.ts";
import { encodeFrameHead, type FrameName, frameTypes } from "../../../protocol/frame.ts";
import type { Context, Work } from "../context.ts";
import { until } from "./wait.ts";

const waitMs = 10_000;

/**
 * A technician's own program in the place of `genkan connect`: it holds that computer's keys and a real admission, and
 * then sends whatever it likes.
 */
export class NativeClient {
  readonly ticket: SessionTicket;
  readonly #tls: TLSSocket;
  readonly #raw: Socket;
  #received = Buffer.alloc(0);

  private constructor(ticket: SessionTicket, tls: TLSSocket, raw: Socket) {
    this.ticket = ticket;
    this.#tls = tls;
    this.#raw = raw;
    tls.on("error", () => {});
    tls.on("data", (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])));
  }

  /** Asks for a session as the technician does, dials, and proves the workstation. */
  static async enter(context: Context, work: Work): Promise<NativeClient> {
    const sato = context.person("sato");
    const grant = context.grant(work);
    const programKey = createProgramKey();
    const ticket = await sato.post<SessionTicket>("/api/sessions", {
      grant: grant.id,
      service: grant.services[0]?.id,
      client: "native",
      clientKey: programKey.pin,
    });
    const { tls, raw } = await connectPinned({
      ...ticket.gateway,
      servername: ticket.host,
      pin: ticket.agentKey,
      programKey,
      timeoutMs: waitMs,
    });
    const client = new NativeClient(ticket, tls, raw);
    const { privateKey, publicKey } = new StateFolder(context.terminal("sato").stateFolder).key("workstation");
    const { grantHash, session, proofNonce } = ticket;
    const binding = `tls:${programKey.pin}`;
    const proof = { grant: grantHash, session, nonce: proofNonce, binding };
    client.send("PROOF", 0, await signWithJwk("genkan/proof/v1", proof, privateKey, publicJwkOf(publicKey)));
    await until("first frame of the agent", waitMs, () => client.#received.length > 0);
    if (client.#received[0] !== frameTypes.READY) throw new Error(`The agent said ${client.text}`);
    return client;
  }

  /** A frame of the link, or one that only looks like it. */
  send(name: FrameName, stream: number, payload: string | Buffer = ""): void {
    const bytes = Buffer.from(payload);
    this.#tls.write(Buffer.concat([encodeFrameHead(name, stream, bytes.length), bytes]));
  }

  /** Everything that the agent has sent, heads of frames among it. */
  get text(): string {
    return this.#received.toString("latin1");
  }

  /** Whether the other side has cut it. */
  get over(): boolean {
    return this.#raw.destroyed || this.#tls.destroyed || this.#tls.readableEnded;
  }

  close(): void {
    this.#raw.resetAndDestroy();
  }
}
