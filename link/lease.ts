/**
 * What lives on while it is renewed. Expiry is counted on the monotonic clock that is passed in (milliseconds, as
 * `performance.now`), so setting the wall clock neither ends nor prolongs anything.
 */
export class LeaseTable<Name extends string = string> {
  readonly #now: () => number;
  readonly #onLapse: (name: Name) => void;
  readonly #expiry = new Map<Name, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(o: { now: () => number; onLapse: (name: Name) => void }) {
    this.#now = o.now;
    this.#onLapse = o.onLapse;
  }

  add(name: Name, durationMs: number): void {
    this.#expiry.set(name, this.#now() + durationMs);
    this.#arm();
  }

  /** Prolongs those that are known; the others are no business of this table. A renewal may shorten. */
  renew(names: Iterable<Name>, durationMs: number): void {
    const until = this.#now() + durationMs;
    // One that has lapsed but whose timer is late must not be revived: its end may be announced already elsewhere.
    this.#lapse();
    for (const name of names) if (this.#expiry.has(name)) this.#expiry.set(name, until);
    this.#arm();
  }

  remove(name: Name): void {
    this.#expiry.delete(name);
    this.#arm();
  }

  /** Milliseconds until it lapses; 0 for one that has, or is not known. */
  leftMs(name: Name): number {
    return Math.max(0, (this.#expiry.get(name) ?? 0) - this.#now());
  }

  /** Stops the clock; nothing lapses any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#expiry.clear();
  }

  #lapse(): void {
    const now = this.#now();
    for (const [name, until] of this.#expiry) {
      if (until > now) continue;
      this.#expiry.delete(name);
      this.#onLapse(name);
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#expiry.size === 0) return;
    const first = Math.min(...this.#expiry.values());
    this.#timer = setTimeout(
      () => {
        this.#lapse();
        this.#arm();
      },
      Math.max(0, Math.ceil(first - this.#now())),
    );
    // A lease keeps no program alive: the sockets of its sessions do.
    this.#timer.unref();
  }
}
