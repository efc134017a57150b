import { limits } from "../protocol/limits.ts";

/** A line of a file, without its line feed. */
export interface FileLine {
  readonly text: string;
  /** False for a last one that lacks its line feed. */
  readonly ended: boolean;
}

const lineFeed = 10;

/**
 * Splits a file into lines, in memory of one line. Only a line feed ends a line: other line ends stand inside of bodies.
 * A line beyond {@link limits.auditLineBytes} comes out cut, one byte too long, and one that is no UTF-8 comes out empty:
 * whoever verifies refuses both by their number.
 */
export class LineSplitter {
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #held: Uint8Array[] = [];
  #bytes = 0;

  *push(chunk: Uint8Array): Generator<FileLine, void> {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#hold(chunk.subarray(start, end));
      start = end + 1;
      yield { text: this.#release(), ended: true };
    }
    this.#hold(chunk.subarray(start));
  }

  /** What stands after the last line feed, if anything. */
  *end(): Generator<FileLine, void> {
    if (this.#bytes > 0) yield { text: this.#release(), ended: false };
  }

  #hold(part: Uint8Array): void {
    // Beyond the limit there is nothing to keep: one byte too many is what the verifier needs to see.
    const kept = part.subarray(0, limits.auditLineBytes + 1 - this.#bytes);
    if (kept.length > 0) this.#held.push(kept);
    this.#bytes += kept.length;
  }

  #release(): string {
    const line = Buffer.concat(this.#held);
    this.#held = [];
    this.#bytes = 0;
    try {
      return line.length > limits.auditLineBytes ? line.toString("latin1") : this.#utf8.decode(line);
    } catch {
      return "";
    }
  }
}

export async function* fileLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<FileLine, void> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}
