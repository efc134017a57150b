/** Slices below this are copied together; a 1-byte frame must not cost a buffer object of its own. */
const slabBytes = 16_384;

/**
 * Bytes that arrived and wait for their reader. Large slices are kept as they came. Small ones, and those that would
 * keep a much larger chunk alive, are copied together, so that memory stays below twice the bytes held plus one slab,
 * however a peer cuts its frames.
 */
export class MuxQueue {
  readonly #buffers: Buffer[] = [];
  #slab: Buffer | undefined;
  #slabUsed = 0;
  #bytes = 0;

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Memory behind them, counted from the backing stores. */
  get memory(): number {
    const stores = new Set(this.#buffers.map((buffer) => buffer.buffer));
    let total = this.#slab?.length ?? 0;
    for (const store of stores) total += store.byteLength;
    return total;
  }

  push(slice: Buffer): void {
    this.#bytes += slice.length;
    if (slice.length * 2 >= slice.buffer.byteLength && slice.length >= slabBytes / 4) {
      this.#seal();
      this.#buffers.push(slice);
      return;
    }
    let rest = slice;
    while (rest.length > 0) {
      this.#slab ??= Buffer.allocUnsafeSlow(slabBytes);
      const copied = rest.copy(this.#slab, this.#slabUsed);
      this.#slabUsed += copied;
      rest = rest.subarray(copied);
      if (this.#slabUsed === slabBytes) this.#seal();
    }
  }

  shift(): Buffer | undefined {
    const first = this.#buffers.shift() ?? this.#takeSlab();
    if (first) this.#bytes -= first.length;
    return first;
  }

  clear(): void {
    this.#buffers.length = 0;
    this.#slab = undefined;
    this.#slabUsed = 0;
    this.#bytes = 0;
  }

  #seal(): void {
    const slab = this.#takeSlab();
    if (slab) this.#buffers.push(slab);
  }

  /** What was copied so far. A slab that is mostly empty is copied once more, to its own size, and used again. */
  #takeSlab(): Buffer | undefined {
    if (!this.#slab || this.#slabUsed === 0) return undefined;
    const used = this.#slab.subarray(0, this.#slabUsed);
    this.#slabUsed = 0;
    if (used.length * 2 < slabBytes) {
      // Not `Buffer.from`: its shared pool would be kept alive by every part.
      const own = Buffer.allocUnsafeSlow(used.length);
      used.copy(own);
      return own;
    }
    this.#slab = undefined;
    return used;
  }
}
