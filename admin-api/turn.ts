import { GenkanError } from "../protocol/error.ts";

/** Lets `places` run at once and `queue` wait; throws `too-many` beyond. For work that costs much memory, like scrypt. */
export class Turns {
  #free: number;
  readonly #queue: number;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number, queue: number) {
    this.#free = places;
    this.#queue = queue;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else {
      if (this.#waiting.length >= this.#queue) throw new GenkanError("too-many");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
