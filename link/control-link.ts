import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Static, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type ErrorCode, GenkanError, isErrorCode } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { type ControlBody, ControlFrameDecoder, encodeControlFrame } from "./control-frame.ts";
import { resetNow } from "./reset.ts";

/** Messages by type: `agentMessages`, `agentOrders`, `gatewayOrders`, `gatewayMessages`. */
export type Catalog = { readonly [type: string]: { readonly send: TSchema; readonly reply: TSchema } };

export type Body<C extends Catalog, T extends keyof C> = Static<C[T]["send"]>;
export type Reply<C extends Catalog, T extends keyof C> = Static<C[T]["reply"]>;

/** One handler for each message that may come in. What it throws becomes the refusal: a GenkanError with its code. */
export type Handlers<C extends Catalog> = {
  readonly [T in keyof C]: (body: Body<C, T>) => Reply<C, T> | Promise<Reply<C, T>>;
};

export interface ControlLinkOptions<Send extends Catalog, Receive extends Catalog> {
  readonly stream: Duplex;
  /** The TCP socket under `stream`; reset when the link breaks. */
  readonly raw: Socket;
  /** What this side may send, and what it understands. */
  readonly send: Send;
  readonly receive: Receive;
  readonly handlers: Handlers<Receive>;
  readonly log: ProgramLog;
  /** Milliseconds; {@link limits} unless told. */
  readonly pingMs?: number;
  readonly silenceMs?: number;
}

interface Pending {
  readonly type: string;
  resolve(body: unknown): void;
  reject(error: GenkanError): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Requests and replies both ways over one stream, each checked against its schema on the way out and on the way in
 * (docs/protocol.md, "Control link"). Any breach of the layout ends the link: a side that can't be understood is not
 * trusted with a second try. Handlers start in the order of the messages.
 */
export class ControlLink<Send extends Catalog, Receive extends Catalog> {
  /** Resolves, never rejects, when the link is over; `code` tells why (`link-closed` for an ordinary end). */
  readonly closed: Promise<GenkanError>;
  readonly #o: ControlLinkOptions<Send, Receive>;
  readonly #decoder = new ControlFrameDecoder();
  readonly #pending = new Map<number, Pending>();
  readonly #resolveClosed: (error: GenkanError) => void;
  readonly #watchdog: NodeJS.Timeout;
  #over: GenkanError | undefined;
  #lastSent = 0;
  #lastReceived = 0;
  #handling = 0;
  /** Answers that the connection has not taken yet. */
  #answers = 0;
  #heardAt = performance.now();

  constructor(options: ControlLinkOptions<Send, Receive>) {
    this.#o = options;
    const { promise, resolve } = Promise.withResolvers<GenkanError>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    const { stream } = options;
    this.#watchdog = setInterval(() => this.#watch(), options.pingMs ?? limits.controlPingMs);
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => this.#read(chunk));
    stream.once("end", () => this.#ended());
    stream.once("close", () => this.#end(new GenkanError("link-closed")));
  }

  /**
   * Sends one message and waits for its reply. Throws the other side's refusal, `reply-timeout` after `timeoutMs`
   * ({@link limits.controlReplyMs} unless told), `link-closed`, `too-many` when {@link limits.controlPending} wait
   * already or the other side has not read half of {@link limits.controlQueueBytes}, `frame-too-large` beyond
   * {@link limits.controlBytes}, or `internal` when `body` does not follow its schema.
   */
  async request<T extends keyof Send & string>(
    type: T,
    body: Body<Send, T>,
    timeoutMs: number = limits.controlReplyMs,
  ): Promise<Reply<Send, T>> {
    if (this.#over) throw new GenkanError("link-closed");
    if (this.#pending.size >= limits.controlPending || this.#crowded) throw new GenkanError("too-many");
    if (!checksOf(this.#o.send).get(type)?.send.Check(body)) {
      throw new GenkanError("internal", `A ${type} does not follow its schema.`);
    }
    const id = ++this.#lastSent;
    const frame = encodeControlFrame({ id, type, body });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new GenkanError("reply-timeout"));
      }, timeoutMs);
      this.#pending.set(id, { type, resolve, reject, timer });
      this.#write(frame);
    });
  }

  /** Ends the link. What was written still goes out, for {@link limits.controlCloseMs} at most; then it is reset. */
  close(code: ErrorCode = "link-closed"): void {
    this.#end(new GenkanError(code), true);
  }

  #read(chunk: Buffer): void {
    if (this.#over) return;
    try {
      for (const frame of this.#decoder.push(chunk)) {
        this.#heardAt = performance.now();
        this.#take(frame);
        if (this.#over) return;
      }
    } catch (error) {
      this.#end(error as GenkanError);
    }
  }

  #ended(): void {
    try {
      this.#decoder.end();
      this.#end(new GenkanError("link-closed"), true);
    } catch (error) {
      this.#end(error as GenkanError);
    }
  }

  #take(frame: ControlBody): void {
    switch (frame.kind) {
      case "ping":
        return this.#answer(encodeControlFrame({ type: "pong" }));
      case "pong":
        return;
      case "message":
        return this.#message(frame.id, frame.type, frame.body);
      case "reply":
        return this.#reply(frame.re, frame.body);
      case "refusal":
        // A code that this side does not know is still a refusal.
        return this.#settle(frame.re)?.reject(
          new GenkanError(isErrorCode(frame.code) ? frame.code : "internal", frame.detail),
        );
    }
  }

  #message(id: number, type: string, body: unknown): void {
    const check = checksOf(this.#o.receive).get(type);
    if (id <= this.#lastReceived) throw new GenkanError("frame-malformed", "Message numbers must rise.");
    if (!check) throw new GenkanError("frame-malformed", "The message's type is unknown.");
    if (!check.send.Check(body)) throw new GenkanError("frame-malformed", `A ${type} does not follow its schema.`);
    this.#lastReceived = id;
    this.#handling++;
    if (this.#handling === limits.controlPending) this.#o.stream.pause();
    void this.#handle(id, type, body, check);
  }

  async #handle(id: number, type: string, body: unknown, check: Check): Promise<void> {
    let answer: Buffer;
    try {
      const handler = this.#o.handlers[type] as (body: unknown) => unknown;
      const reply = await handler(body);
      if (!check.reply.Check(reply)) throw new Error(`The reply to ${type} does not follow its schema.`);
      answer = encodeControlFrame({ re: id, body: reply });
    } catch (error) {
      answer = encodeControlFrame({ re: id, error: this.#refusal(type, error) });
    }
    this.#handling--;
    if (this.#over) return;
    if (this.#handling === limits.controlPending - 1) this.#o.stream.resume();
    this.#answer(answer);
  }

  #refusal(type: string, error: unknown): object {
    if (error instanceof GenkanError) {
      const detail = error.detail?.slice(0, limits.reasonCharacters);
      return detail === undefined ? { code: error.code } : { code: error.code, detail };
    }
    this.#o.log.error({ event: "link.message.failed", err: error, type }, "a control message failed");
    return { code: "internal" };
  }

  #reply(re: number, body: unknown): void {
    const pending = this.#settle(re);
    if (!pending) return;
    if (checksOf(this.#o.send).get(pending.type)?.reply.Check(body)) return pending.resolve(body);
    const error = new GenkanError("frame-malformed", `The reply to ${pending.type} does not follow its schema.`);
    pending.reject(error);
    throw error;
  }

  /** The request that is answered; none when the reply came after its time. */
  #settle(re: number): Pending | undefined {
    if (re > this.#lastSent) throw new GenkanError("frame-malformed", "A reply to nothing.");
    const pending = this.#pending.get(re);
    this.#pending.delete(re);
    clearTimeout(pending?.timer);
    return pending;
  }

  #watch(): void {
    if (performance.now() - this.#heardAt >= (this.#o.silenceMs ?? limits.controlSilenceMs)) {
      this.#end(new GenkanError("link-closed", "The other side fell silent."));
    } else this.#write(encodeControlFrame({ type: "ping" }));
  }

  /** Own requests leave room for answers: a slow peer is asked less, it is not given up for what this side wants. */
  get #crowded(): boolean {
    return this.#o.stream.writableLength > limits.controlQueueBytes / 2;
  }

  /**
   * A pong or reply. A peer may ask without end, so one that does not read its answers loses the link. They are counted
   * too, for a short one costs far more memory than it has bytes.
   */
  #answer(frame: Buffer): void {
    this.#answers++;
    this.#write(frame, () => this.#answers--);
    if (this.#answers > limits.controlAnswers) this.#unread();
  }

  /** What piles up before a peer that does not read is bounded by its bytes, whatever kind of frame they are. */
  #write(frame: Buffer, written?: () => void): void {
    const { stream } = this.#o;
    if (this.#over || !stream.writable) return;
    stream.write(frame, written);
    if (stream.writableLength > limits.controlQueueBytes) this.#unread();
  }

  #unread(): void {
    this.#end(new GenkanError("too-many", "The peer asks for answers and does not read them."));
  }

  #end(error: GenkanError, gently = false): void {
    if (this.#over) return;
    this.#over = error;
    clearInterval(this.#watchdog);
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(new GenkanError("link-closed"));
    }
    this.#pending.clear();
    const { stream, raw } = this.#o;
    if (gently) {
      // Read on, or the other side's end is never seen; nothing of it is looked at any more.
      stream.resume();
      stream.end();
      const timer = setTimeout(() => resetNow(raw), limits.controlCloseMs);
      raw.once("close", () => clearTimeout(timer));
    } else resetNow(raw);
    this.#resolveClosed(error);
  }
}

type Check = { readonly send: { Check(value: unknown): boolean }; readonly reply: { Check(value: unknown): boolean } };
const compiled = new WeakMap<Catalog, ReadonlyMap<string, Check>>();

/** Compiled once for each catalog, not for each link. */
function checksOf(catalog: Catalog): ReadonlyMap<string, Check> {
  let checks = compiled.get(catalog);
  if (!checks) {
    checks = new Map(
      Object.entries(catalog).map(([type, { send, reply }]) => [type, { send: Compile(send), reply: Compile(reply) }]),
    );
    compiled.set(catalog, checks);
  }
  return checks;
}
