import type { KeyObject } from "node:crypto";
import type { ProgramKey } from "../crypto/program-key.ts";
import { type Body, ControlLink, type Handlers, type Reply } from "../link/control-link.ts";
import { connectPinned } from "../link/pinned-tls.ts";
import { keepUp } from "../link/redial.ts";
import { agentMessages, agentOrders } from "../protocol/agent-control.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { version } from "../protocol/version.ts";
import { agentsName } from "../protocol/wire-name.ts";

type Messages = typeof agentMessages;
type Orders = typeof agentOrders;

/** How an agent finds its authority: through a gateway, by the one key that it pins. */
export interface AuthorityAddress {
  /** Gateways that splice to it: one after the other is tried. */
  readonly gateways: readonly { readonly host: string; readonly port: number }[];
  /** SHA-256 of the authority's public key. */
  readonly authorityKey: Pin;
}

/** What sessions and recordings need of the control link. */
export interface ControlClient {
  readonly connected: boolean;
  /** Number of the present link since the agent started: a caller that later finds another one knows that its link broke. */
  readonly links: number;
  /** Throws the authority's refusal, `link-closed` without a link, `reply-timeout`. */
  request<T extends keyof Messages>(type: T, body: Body<Messages, T>): Promise<Reply<Messages, T>>;
}

export interface ControlOptions {
  readonly address: AuthorityAddress;
  readonly programKey: ProgramKey;
  readonly handlers: Handlers<Orders>;
  /** First message, and what follows from it. The link counts as up once this resolves. */
  readonly greet: () => Promise<void>;
  readonly onDown: () => void;
  readonly log: ProgramLog;
}

type Link = ControlLink<Messages, Orders>;

/** The agent's one link to its authority, dialled again for as long as the agent runs. */
export class Control implements ControlClient {
  readonly #o: ControlOptions;
  #link: Link | undefined;
  #authorityKey: KeyObject | undefined;
  #connected = false;
  #links = 0;
  #dials = 0;

  constructor(o: ControlOptions) {
    this.#o = o;
  }

  get connected(): boolean {
    return this.#connected;
  }

  get links(): number {
    return this.#links;
  }

  /** The authority's public key, as pinned and proven on the link over which it now gives orders. */
  get authorityKey(): KeyObject {
    if (!this.#authorityKey) throw new GenkanError("link-closed");
    return this.#authorityKey;
  }

  async request<T extends keyof Messages>(type: T, body: Body<Messages, T>): Promise<Reply<Messages, T>> {
    if (!this.#link) throw new GenkanError("link-closed");
    return this.#link.request(type, body);
  }

  /** Resolves when `signal` aborts. */
  run(signal: AbortSignal): Promise<void> {
    return keepUp((aborted, established) => this.#up(aborted, established), {
      name: "authority",
      signal,
      log: this.#o.log,
    });
  }

  async #up(signal: AbortSignal, established: () => void): Promise<GenkanError> {
    const { link, key } = await dialAuthority({ ...this.#o, signal, turn: this.#dials++ });
    const abort = () => link.close();
    signal.addEventListener("abort", abort, { once: true });
    this.#link = link;
    this.#authorityKey = key;
    try {
      await this.#o.greet();
      this.#connected = true;
      this.#links += 1;
      established();
      return await link.closed;
    } finally {
      signal.removeEventListener("abort", abort);
      link.close();
      this.#link = undefined;
      this.#authorityKey = undefined;
      this.#connected = false;
      this.#o.onDown();
    }
  }
}

/** Dials the authority once, over the gateway whose turn it is. Throws `peer-key-mismatch`, `link-closed` or `version-too-old`. */
export async function dialAuthority(o: {
  address: AuthorityAddress;
  programKey: ProgramKey;
  handlers: Handlers<Orders>;
  log: ProgramLog;
  signal?: AbortSignal;
  turn?: number;
}): Promise<{ link: Link; key: KeyObject }> {
  const { gateways, authorityKey } = o.address;
  const gateway = gateways[(o.turn ?? 0) % gateways.length];
  if (!gateway) throw new GenkanError("link-closed");
  const { host, port } = gateway;
  const { tls, raw, peerPublicKey } = await connectPinned({
    host,
    port,
    servername: agentsName,
    pin: authorityKey,
    programKey: o.programKey,
    timeoutMs: limits.handshakeMs,
    ...(o.signal ? { signal: o.signal } : {}),
  });
  if (!peerPublicKey) throw new GenkanError("peer-key-mismatch");
  const { handlers, log } = o;
  const link = new ControlLink({ stream: tls, raw, send: agentMessages, receive: agentOrders, handlers, log });
  try {
    await link.request("version", { version });
  } catch (error) {
    link.close();
    throw error;
  }
  return { link, key: peerPublicKey };
}
