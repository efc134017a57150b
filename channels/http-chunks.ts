import { limits } from "../protocol/limits.ts";
import type { Oddity } from "../protocol/oddity.ts";
import type { BodyReader, Taken } from "./http-body.ts";

/** What is expected next. */
type State = "size" | "data" | "data-end" | "trailer" | "over" | "broken";

const lf = 10;
const cr = 13;
const nothing = Buffer.alloc(0);

/**
 * Takes chunks apart (RFC 9112, section 7.1) as Chromium does: a line may end with a line feed alone, and blanks may stand
 * behind a size. Extensions and trailers are passed over. Anything else ends the body where it is.
 */
export class ChunkReader implements BodyReader {
  readonly #odd: Set<Oddity>;
  #state: State = "size";
  /** Bytes of the chunk that are still to come. */
  #left = 0;
  /** A line that has not ended. */
  #line: Buffer = nothing;

  constructor(odd: Set<Oddity>) {
    this.#odd = odd;
  }

  read(bytes: Buffer): Taken {
    const pieces: Buffer[] = [];
    let rest = bytes;
    while (rest.length > 0 && this.#state !== "over" && this.#state !== "broken") {
      if (this.#state === "data") {
        const taken = rest.subarray(0, this.#left);
        pieces.push(taken);
        this.#left -= taken.length;
        rest = rest.subarray(taken.length);
        if (this.#left === 0) this.#state = "data-end";
        continue;
      }
      const end = rest.indexOf(lf);
      const part = end < 0 ? rest : rest.subarray(0, end);
      this.#line = this.#line.length === 0 ? part : Buffer.concat([this.#line, part]);
      rest = end < 0 ? nothing : rest.subarray(end + 1);
      if (this.#line.length > limits.chunkLineBytes) this.#state = "broken";
      else if (end >= 0) this.#state = this.#lineRead();
    }
    return { pieces, over: this.#state === "over", broken: this.#state === "broken", rest };
  }

  ended(): boolean {
    return this.#state === "over";
  }

  /** What comes behind a line. */
  #lineRead(): State {
    const strict = this.#line.at(-1) === cr;
    const line = this.#line.toString("latin1", 0, this.#line.length - (strict ? 1 : 0));
    this.#line = nothing;
    if (!strict) this.#odd.add("chunks");
    if (this.#state === "trailer") return line === "" ? "over" : "trailer";
    if (this.#state === "data-end") return line === "" ? "size" : "broken";
    const [, size = "", padding] = /^([0-9A-Fa-f]+)( *)$/.exec(line.split(";", 1)[0] as string) ?? [];
    this.#left = Number.parseInt(size, 16);
    if (!Number.isSafeInteger(this.#left)) return "broken";
    if (padding !== "") this.#odd.add("chunks");
    return this.#left === 0 ? "trailer" : "data";
  }
}
