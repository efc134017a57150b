import type { Oddity } from "../protocol/oddity.ts";
import { type BodyReader, type Framing, framingOf } from "./http-body.ts";
import { bodyReader } from "./http-body-reader.ts";
import { listOf, valuesOf } from "./http-field.ts";
import { type AnswerHead, readHead } from "./http-head.ts";
import { UnreadableAnswer } from "./http-unreadable.ts";

/** Who hears an answer as it is read. */
export interface Hearer {
  /** Once, before anything of the body. */
  head(head: AnswerHead, framing: Framing): void;
  body(bytes: Buffer): void;
}

/** `switched`: the device has said 101, and what follows is no HTTP. */
type State = "head" | "body" | "over" | "switched";

const nothing = Buffer.alloc(0);

/**
 * Reads the answer to one request from the bytes of a connection, as leniently as Chromium does. What was odd about it
 * gathers in {@link odd}. Reading throws {@link UnreadableAnswer}, before the hearer has heard anything.
 */
export class AnswerReader {
  readonly odd = new Set<Oddity>();
  readonly #o: { method: string; upgrade: boolean; bare: boolean };
  readonly #hearer: Hearer;
  #state: State = "head";
  #head: Buffer = nothing;
  #body: BodyReader | undefined;
  #rest: Buffer = nothing;
  #keepsOpen = false;
  #begun = false;
  #status = 0;

  /** `upgrade`: a WebSocket was asked for. `bare`: what has no head is a page (HTTP/0.9), as it is for browsers on port 80. */
  constructor(o: { method: string; upgrade: boolean; bare: boolean }, hearer: Hearer) {
    this.#o = o;
    this.#hearer = hearer;
  }

  /** A byte of it has come. */
  get begun(): boolean {
    return this.#begun;
  }

  /** 0 before the head has come. */
  get status(): number {
    return this.#status;
  }

  get over(): boolean {
    return this.#state === "over" || this.#state === "switched";
  }

  /** Whether another request may follow on the connection: the device has said so, and nothing was odd. */
  get mayFollow(): boolean {
    return this.#state === "over" && this.#keepsOpen && this.odd.size === 0;
  }

  /** After 101, what came behind the head. */
  get rest(): Buffer {
    return this.#rest;
  }

  read(bytes: Buffer): void {
    if (bytes.length > 0) this.#begun = true;
    if (this.#state === "body") return this.#readBody(bytes);
    if (this.#state !== "head") return this.#behind(bytes);
    this.#head = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    this.#readHead(false);
  }

  /** Everything that the answer announced has come. */
  get whole(): boolean {
    return this.over && !this.odd.has("body-cut-short");
  }

  /** The device has said its last byte. */
  end(): void {
    if (this.#state === "head") this.#readHead(true);
    if (this.#state === "body") this.#breakOff(this.#body?.ended() === true);
  }

  /** The connection was reset. */
  breakOff(): void {
    if (this.#state === "head") throw new UnreadableAnswer("no-answer", this.#head);
    if (this.#state === "body") this.#breakOff(false);
  }

  #breakOff(whole: boolean): void {
    if (!whole) this.odd.add("body-cut-short");
    this.#state = "over";
    this.#keepsOpen = false;
  }

  #readHead(ended: boolean): void {
    for (;;) {
      const read = readHead(this.#head, { ended, bare: this.#o.bare });
      if (!read) return;
      const { head, length } = read;
      const rest = this.#head.subarray(length);
      for (const one of head.odd) this.odd.add(one);
      if (head.status >= 200 || head.status === 101) {
        this.#head = nothing;
        return this.#take(head, rest);
      }
      // RFC 9110, section 15.2: answers before the answer. 103 is the one that servers send by themselves.
      if (head.status !== 103) this.odd.add("interim");
      this.#head = rest;
    }
  }

  #take(head: AnswerHead, rest: Buffer): void {
    const { fields } = head;
    if (head.status === 101) return this.#switch(head, rest);
    const framing = framingOf(head, this.#o.method, this.odd);
    if (new Set(valuesOf(fields, "location")).size > 1) throw twice("two-targets", fields, "location");
    if (new Set(valuesOf(fields, "content-disposition")).size > 1)
      throw twice("two-names", fields, "content-disposition");
    const connection = listOf(fields, "connection");
    this.#keepsOpen = head.version === "1.1" ? !connection.includes("close") : connection.includes("keep-alive");
    this.#body = bodyReader(framing, this.odd);
    this.#status = head.status;
    this.#hearer.head(head, framing);
    this.#state = "body";
    this.#readBody(rest);
  }

  /** A tunnel that nobody decided on begins with a 101 to anything but a WebSocket's handshake. */
  #switch(head: AnswerHead, rest: Buffer): void {
    const { fields } = head;
    const websocket = valuesOf(fields, "upgrade").join().toLowerCase() === "websocket";
    if (!this.#o.upgrade || !websocket || !listOf(fields, "connection").includes("upgrade")) {
      throw new UnreadableAnswer("unasked-switch", Buffer.from(`HTTP/1.1 101 ${head.phrase}`, "latin1"));
    }
    this.#state = "switched";
    this.#rest = rest;
    this.#status = head.status;
    this.#hearer.head(head, { kind: "none" });
  }

  #readBody(bytes: Buffer): void {
    const { pieces, over, broken, rest } = (this.#body as BodyReader).read(bytes);
    // Of bytes that hold what can't be read, nothing is passed on: Chromium shows none of them either.
    if (broken) return this.#breakOff(false);
    for (const piece of pieces) this.#hearer.body(piece);
    if (!over) return;
    this.#state = "over";
    this.#behind(rest);
  }

  #behind(bytes: Buffer): void {
    if (this.#state === "over" && bytes.length > 0) this.odd.add("more-than-asked");
    if (this.#state === "switched") this.#rest = Buffer.concat([this.#rest, bytes]);
  }
}

function twice(why: "two-targets" | "two-names", fields: readonly string[], name: string): UnreadableAnswer {
  return new UnreadableAnswer(why, Buffer.from(valuesOf(fields, name).join(" / "), "latin1"));
}
