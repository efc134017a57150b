import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { GenkanError } from "../protocol/error.ts";
import type { DeviceSide } from "./channel.ts";
import { AnswerReader } from "./http-answer.ts";
import { answerFields } from "./http-answer-fields.ts";
import type { Framing } from "./http-body.ts";
import { answerPage } from "./http-device-page.ts";
import { exchange, type Outgoing } from "./http-exchange.ts";
import type { AnswerHead } from "./http-head.ts";
import { type DeviceLine, signsInConnection } from "./http-line.ts";
import type { Page } from "./http-page.ts";
import { requestFields } from "./http-request-fields.ts";
import { HttpRow } from "./http-row.ts";
import { reasonPhrase } from "./http-status.ts";
import { UnreadableAnswer } from "./http-unreadable.ts";
import type { Ends } from "./http-url.ts";

export interface ForwardOptions {
  readonly device: DeviceSide;
  readonly line: DeviceLine;
  readonly ends: Ends;
  page(res: ServerResponse, page: Page): void;
}

const nothing = Buffer.alloc(0);

const safe = new Set(["GET", "HEAD", "OPTIONS"]);

/** Methods whose body servers expect (RFC 9110, 5789, 4918, 3253). With any other, some take the body for a request. */
const withBody = new Set(["POST", "PUT", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "LOCK", "REPORT"]);

/** Length of a request's body in bytes, null if it comes in chunks, undefined if there is none (RFC 9112, section 6.3). */
export function bodyLength(req: IncomingMessage): number | null | undefined {
  if (req.headers["transfer-encoding"] !== undefined) return null;
  const { "content-length": length } = req.headers;
  return length === undefined ? undefined : Number(length);
}

/**
 * Sends one request to the device and its answer back, streaming both ways: whoever reads slowly stops the other. One
 * record entry is written when the exchange is over, also when it broke off (status 0 before the device answered).
 */
export function forward(req: IncomingMessage, res: ServerResponse, o: ForwardOptions): Promise<void> {
  return new Forward(req, res, o).run();
}

class Forward {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #o: ForwardOptions;
  readonly #row: HttpRow;
  readonly #left = new AbortController();
  readonly #length: number | null | undefined;

  constructor(req: IncomingMessage, res: ServerResponse, o: ForwardOptions) {
    this.#req = req;
    this.#res = res;
    this.#o = o;
    this.#length = bodyLength(req);
    this.#row = new HttpRow(o.device.tap, req, null);
    res.once("close", () => {
      if (!res.writableFinished) this.#left.abort();
      this.#row.close();
    });
  }

  async run(): Promise<void> {
    try {
      const again = safe.has(this.#req.method ?? "") && !this.#length;
      if (await this.#attempt(again)) return;
      this.#o.line.disappointed();
      this.#row.odd.add("second-try");
      await this.#attempt(false);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Whether it came to an answer, or is not to be tried again. */
  async #attempt(again: boolean): Promise<boolean> {
    const { line, device } = this.#o;
    const brings = signsInConnection(this.#req.rawHeaders);
    const { socket, used } = await line.take(again || brings);
    let bound = used && line.isBound(socket);
    const alone = !again && !bound && !brings;
    const reader = new AnswerReader(
      { method: this.#req.method ?? "", upgrade: false, bare: device.port === 80 && !used },
      {
        head: (head, framing) => {
          // A server that gives up an idle connection may say so to the request that crosses its farewell.
          if (head.status === 408 && used && again) throw new UnreadableAnswer("no-answer", Buffer.alloc(0));
          bound ||= brings || signsInConnection(head.fields);
          this.#answer(head, framing);
        },
        body: (bytes) => this.#pass(bytes, socket),
      },
    );
    try {
      await exchange(socket, this.#outgoing(alone), reader, this.#left.signal);
    } catch (error) {
      const tryAgain = used && again && !reader.begun && error instanceof UnreadableAnswer;
      if (tryAgain && !this.#left.signal.aborted) return false;
      throw error;
    }
    for (const one of reader.odd) this.#row.odd.add(one);
    if (reader.mayFollow && !alone) line.keep(socket, bound);
    else socket.destroy();
    if (reader.whole) this.#res.end();
    else breakOff(this.#res);
    return true;
  }

  #outgoing(alone: boolean): Outgoing {
    const { method = "GET", url = "/", rawHeaders } = this.#req;
    const length = this.#length;
    const fields = requestFields(rawHeaders, this.#o.ends, { connection: alone ? "close" : "keep-alive", length });
    if (!length && length !== null) return { method, target: url, fields };
    const passed = (bytes: number) => this.#row.count("up", bytes);
    return { method, target: url, fields, body: { from: this.#req, length, held: !withBody.has(method), passed } };
  }

  #answer(head: AnswerHead, framing: Framing): void {
    this.#row.status = head.status;
    const fields = answerFields(head, framing, this.#o.ends);
    this.#res.writeHead(head.status, reasonPhrase(head.status, head.phrase), fields);
    // The head goes at once, for an event stream may have nothing to say for long. `flushHeaders` would write it in UTF-8.
    this.#res.write(nothing);
  }

  #pass(bytes: Buffer, socket: Socket): void {
    this.#row.count("down", bytes.length);
    if (this.#res.write(bytes)) return;
    socket.pause();
    this.#res.once("drain", () => socket.resume());
  }

  #failed(error: unknown): void {
    if (!(error instanceof GenkanError || error instanceof UnreadableAnswer)) throw error;
    if (this.#res.headersSent || this.#res.destroyed) return void this.#res.destroy();
    const { tap } = this.#o.device;
    if (error instanceof UnreadableAnswer && error.why !== "no-answer") tap.refused("device-unreadable");
    this.#o.page(this.#res, answerPage(error));
  }
}

/** What came of the answer is sent on; then the browser's connection ends too, so that half an answer never looks whole. */
function breakOff(res: ServerResponse): void {
  const { socket } = res;
  if (!socket) return void res.destroy();
  setImmediate(() => socket.end(() => socket.destroy()));
}
