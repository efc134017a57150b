import { hash } from "node:crypto";
import { GenkanError } from "../protocol/error.ts";

/** Bytes of every hash in the tree. */
export const merkleHashBytes = 32;

/** Root of the empty tree: SHA-256 of nothing (RFC 6962, section 2.1). */
export const emptyRoot: Uint8Array = sha256();

/** SHA-256(0x00, leaf). The prefixes keep a leaf from passing for a node (RFC 6962, section 2.1). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(0), leaf);
}

/** SHA-256(0x01, left, right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(1), left, right);
}

/** What a {@link CompactRange} keeps: plain JSON, so that a sequencer stores it beside its checkpoint. */
export interface CompactRangeState {
  /** Leaves so far. */
  readonly size: number;
  /** Roots of the complete subtrees, largest first, base64url: one for each bit that is set in `size`. */
  readonly peaks: readonly string[];
}

/**
 * A Merkle tree of RFC 6962 that only grows, held as the roots of its complete subtrees: O(log n) memory, amortised one
 * hash for each leaf.
 */
export class CompactRange {
  #size = 0;
  readonly #peaks: Uint8Array[] = [];

  /** Goes on from a kept state; throws `internal` when its peaks do not fit its size. */
  static from(state: CompactRangeState): CompactRange {
    const range = new CompactRange();
    const peaks = state.peaks.map((peak) => Buffer.from(peak, "base64url"));
    const fits =
      Number.isSafeInteger(state.size) &&
      state.size >= 0 &&
      peaks.length === setBits(state.size) &&
      peaks.every((peak) => peak.length === merkleHashBytes);
    if (!fits) throw new GenkanError("internal", "The kept state of the log does not fit its size.");
    range.#size = state.size;
    range.#peaks.push(...peaks);
    return range;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes the next leaf's hash, as {@link leafHash} makes it. */
  append(leaf: Uint8Array): void {
    if (leaf.length !== merkleHashBytes) throw new GenkanError("internal", "A leaf hash has 32 bytes.");
    let right = leaf;
    // Each bit that is set below the lowest clear one is a complete subtree that the new leaf completes to twice its size.
    // Division, not shifts: sizes go beyond 32 bits.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      right = nodeHash(this.#peaks.pop() as Uint8Array, right);
    }
    this.#peaks.push(right);
    this.#size += 1;
  }

  /** Merkle tree hash of all leaves so far. */
  root(): Uint8Array {
    return (
      this.#peaks.reduceRight<Uint8Array | undefined>(
        (right, left) => (right === undefined ? left : nodeHash(left, right)),
        undefined,
      ) ?? emptyRoot
    );
  }

  state(): CompactRangeState {
    return { size: this.#size, peaks: this.#peaks.map((peak) => Buffer.from(peak).toString("base64url")) };
  }
}

function sha256(...parts: Uint8Array[]): Uint8Array {
  return hash("sha256", Buffer.concat(parts), "buffer");
}

function setBits(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
