import type { Random } from "../random.ts";

/** What a mutation may draw from. */
export interface Mutation {
  readonly random: Random;
  /** Another input of the corpus. */
  other(): Buffer;
  /** Tokens that the parser knows. */
  readonly words: readonly Buffer[];
  /** Bytes that a mutated input may have; what is longer is cut. */
  readonly most: number;
}

/** Makes an input from another one. It knows a structure, breaks it here and there, and never throws. */
export type Shape = (input: Buffer, mutation: Mutation) => Buffer;

/** One of several, by weight. */
export function mix(...shapes: readonly (readonly [weight: number, shape: Shape])[]): Shape {
  const total = shapes.reduce((sum, [weight]) => sum + weight, 0);
  return (input, m) => {
    let at = m.random.below(total);
    for (const [weight, shape] of shapes) {
      if (at < weight) return shape(input, m);
      at -= weight;
    }
    return input;
  };
}

/** The first `heads` lines choose what the rest is fed to, and are mostly left alone; the rest has the shape. */
export function under(heads: number, rest: Shape): Shape {
  return (input, m) => {
    let at = 0;
    for (let line = 0; line < heads; line++) at = input.indexOf(10, at) + 1 || at;
    const head = m.random.once(24) ? headOf(m.other(), heads) : input.subarray(0, at);
    return Buffer.concat([head, rest(input.subarray(at), m)]);
  };
}

function headOf(input: Buffer, heads: number): Buffer {
  let at = 0;
  for (let line = 0; line < heads; line++) at = input.indexOf(10, at) + 1 || at;
  return input.subarray(0, at);
}

/** The first byte chooses, and is mostly left alone; the rest has the shape. */
export function chosen(rest: Shape): Shape {
  return (input, m) => {
    const choice = m.random.once(24) ? m.random.below(256) : (input[0] ?? 0);
    const changed = rest(input.subarray(1), m);
    return Buffer.concat([Buffer.of(choice), changed]);
  };
}
