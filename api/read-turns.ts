/**
 * What somebody asks to read is read one by one, with a rest after each as long as it took. A list is made in one go, on the
 * one thread that renews leases and serves an officer's lock: without the rests, whoever asks for sixty at once keeps everybody
 * waiting for all sixty (A16). A page asks for a handful of some milliseconds each.
 */
export class ReadTurns {
  /** The newest of each person's reads; resolved when the one behind it may begin. */
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Resolves when it is the turn of this read of `by`; call what it gives, at least once, when the answer is made. Null for
   * one that is `gone` by then.
   */
  async take(by: string, gone: () => boolean): Promise<(() => void) | null> {
    const before = this.#last.get(by);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last.set(by, promise);
    const next = () => {
      resolve();
      if (this.#last.get(by) === promise) this.#last.delete(by);
    };
    await before;
    if (gone()) {
      next();
      return null;
    }
    const began = performance.now();
    return () => void setTimeout(next, performance.now() - began);
  }
}
