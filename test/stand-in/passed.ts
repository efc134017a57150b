export type Way = "up" | "down";

/** What to make of a chunk: what goes on in its place. */
export type Tamper = (chunk: Buffer) => Buffer[];

/** All that has passed through somebody's hands, by host and way, and what they do to it. */
export class Passed {
  readonly #chunks = new Map<string, Buffer[]>();
  readonly #tampers = new Map<string, Tamper>();

  /** Chunks of this host and way go through `tamper` from now on. */
  change(host: string, way: Way, tamper: Tamper): void {
    this.#tampers.set(`${way} ${host}`, tamper);
  }

  /** Keeps a copy; returns what goes on. */
  take(host: string, way: Way, chunk: Buffer): Buffer[] {
    const key = `${way} ${host}`;
    const kept = this.#chunks.get(key);
    if (kept) kept.push(Buffer.from(chunk));
    else this.#chunks.set(key, [Buffer.from(chunk)]);
    return this.#tampers.get(key)?.(chunk) ?? [chunk];
  }

  bytes(host: string, way: Way): Buffer {
    return Buffer.concat(this.#chunks.get(`${way} ${host}`) ?? []);
  }

  /** Where `text` was seen in clear. */
  seen(text: string): string[] {
    return [...this.#chunks].flatMap(([key, chunks]) => (Buffer.concat(chunks).includes(text) ? [key] : []));
  }
}
