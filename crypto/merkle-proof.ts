import { GenkanError } from "../protocol/error.ts";
import { CompactRange, emptyRoot, nodeHash } from "./merkle.ts";

/** Reads the hashes of the leaves `start` to `end` (exclusive), in order. */
export type ReadLeaves = (start: number, end: number) => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Leaves `start` to `end`, exclusive. */
type Span = readonly [start: number, end: number];

/**
 * The sibling hashes from leaf `index` up to the root of the tree of `size` leaves (RFC 9162, section 2.1.3.1).
 * Every other leaf is read once. Throws `bad-request` for a leaf that is not in the tree.
 */
export async function inclusionProof(index: number, size: number, read: ReadLeaves): Promise<Uint8Array[]> {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new GenkanError("bad-request", "The leaf is not in a tree of this size.");
  }
  return hashSpans(inclusionSpans(index, [0, size]), read);
}

/**
 * What shows that the tree of `first` leaves is a prefix of that of `second` (RFC 9162, section 2.1.4.1); empty when one
 * of them is empty or both are the same. Throws `bad-request` when `first` is the larger.
 */
export async function consistencyProof(first: number, second: number, read: ReadLeaves): Promise<Uint8Array[]> {
  if (!isCount(first) || !isCount(second) || first > second) {
    throw new GenkanError("bad-request", "The first tree is larger than the second.");
  }
  return first === 0 ? [] : hashSpans(consistencySpans(first, [0, second], true), read);
}

/** Whether `leaf` (its hash) stands at `index` in the tree of `size` leaves with this root (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(claim: {
  index: number;
  size: number;
  leaf: Uint8Array;
  proof: readonly Uint8Array[];
  root: Uint8Array;
}): boolean {
  if (!isCount(claim.index) || !isCount(claim.size) || claim.index >= claim.size) return false;
  const position = new Position(claim.index, claim.size - 1);
  let hash = claim.leaf;
  for (const sibling of claim.proof) {
    if (position.atRoot) return false;
    hash = position.climb() === "left" ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  return position.atRoot && same(hash, claim.root);
}

/** Whether the tree of `first` leaves is a prefix of that of `second` (RFC 9162, section 2.1.4.2). */
export function verifyConsistency(claim: {
  first: number;
  second: number;
  firstRoot: Uint8Array;
  secondRoot: Uint8Array;
  proof: readonly Uint8Array[];
}): boolean {
  const { first, second, firstRoot, secondRoot, proof } = claim;
  if (!isCount(first) || !isCount(second) || first > second) return false;
  if (first === second) return proof.length === 0 && same(firstRoot, secondRoot) && (first > 0 || isEmpty(firstRoot));
  // The empty tree is a prefix of every tree, and says nothing about it.
  if (first === 0) return proof.length === 0 && isEmpty(firstRoot);

  const position = new Position(first - 1, second - 1);
  position.skipRightEdges();
  // A first tree that is complete is itself a node of the second one, so the proof leaves it out.
  const [seed, ...siblings] = position.leftmost ? [firstRoot, ...proof] : proof;
  if (seed === undefined) return false;
  let left = seed;
  let whole = seed;
  for (const sibling of siblings) {
    if (position.atRoot) return false;
    if (position.climb() === "left") {
      left = nodeHash(sibling, left);
      whole = nodeHash(sibling, whole);
    } else {
      whole = nodeHash(whole, sibling);
    }
  }
  return position.atRoot && same(left, firstRoot) && same(whole, secondRoot);
}

/** A node on its way up: `fn` and `sn` of RFC 9162. Division, not shifts: sizes go beyond 32 bits. */
class Position {
  #node: number;
  #last: number;

  constructor(node: number, last: number) {
    this.#node = node;
    this.#last = last;
  }

  get atRoot(): boolean {
    return this.#last === 0;
  }

  get leftmost(): boolean {
    return this.#node === 0;
  }

  skipRightEdges(): void {
    while (this.#node % 2 === 1) this.#up();
  }

  /** One sibling up; answers on which side that sibling stands. */
  climb(): "left" | "right" {
    if (this.#node % 2 === 0 && this.#node !== this.#last) {
      this.#up();
      return "right";
    }
    // The last node of an odd level has no sibling there: it rises until it has one on its left.
    while (this.#node % 2 === 0 && this.#node !== 0) this.#up();
    this.#up();
    return "left";
  }

  #up(): void {
    this.#node = Math.floor(this.#node / 2);
    this.#last = Math.floor(this.#last / 2);
  }
}

function inclusionSpans(index: number, [start, end]: Span): Span[] {
  if (end - start === 1) return [];
  const middle = start + largestPowerBelow(end - start);
  return index < middle
    ? [...inclusionSpans(index, [start, middle]), [middle, end]]
    : [...inclusionSpans(index, [middle, end]), [start, middle]];
}

/** SUBPROOF of RFC 9162, section 2.1.4.1; `known`: the verifier has the root of this span already. */
function consistencySpans(first: number, [start, end]: Span, known: boolean): Span[] {
  if (first === end) return known ? [] : [[start, end]];
  const middle = start + largestPowerBelow(end - start);
  return first <= middle
    ? [...consistencySpans(first, [start, middle], known), [middle, end]]
    : [...consistencySpans(first, [middle, end], false), [start, middle]];
}

async function hashSpans(spans: readonly Span[], read: ReadLeaves): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for (const [start, end] of spans) {
    const range = new CompactRange();
    for await (const leaf of read(start, end)) range.append(leaf);
    if (range.size !== end - start) throw new GenkanError("internal", "The log has not all leaves of this tree.");
    hashes.push(range.root());
  }
  return hashes;
}

/** The largest power of two that is smaller than `count`. */
function largestPowerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const isEmpty = (root: Uint8Array) => same(root, emptyRoot);
