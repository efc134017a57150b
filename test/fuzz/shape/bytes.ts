import type { Mutation, Shape } from "./shape.ts";

/** Values at which a length or a count turns over. */
const edges = [
  0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 1_023, 1_024, 4_096,
  8_191, 8_192, 8_193, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 65_535, 65_536, 0x3f_ffff, 0x40_0000, 0x40_0001,
  0x7f_ffff, 0xff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
] as const;

/** Bit flips, edges, length fields, pieces cut out, doubled, swapped and taken from elsewhere. Knows no structure. */
export const bytes: Shape = (input, m) => {
  let output = input;
  for (let step = m.random.few(6); step > 0; step--) output = m.random.of(steps)(output, m);
  return output;
};

type Step = (input: Buffer, m: Mutation) => Buffer;

const overwrite = (input: Buffer, at: number, part: Uint8Array): Buffer => {
  const output = Buffer.from(input);
  output.set(part.subarray(0, Math.max(0, output.length - at)), at);
  return output;
};
const replace = (input: Buffer, from: number, to: number, part: Uint8Array): Buffer =>
  Buffer.concat([input.subarray(0, from), part, input.subarray(to)]);

/** A piece of `input`: short most often. */
function piece(input: Buffer, m: Mutation): [from: number, to: number] {
  const from = m.random.below(input.length + 1);
  const longest = m.random.once(4) ? input.length : 16;
  return [from, Math.min(input.length, from + m.random.below(longest + 1))];
}

const flipBit: Step = (input, m) => {
  const at = m.random.below(input.length);
  return overwrite(input, at, Buffer.of((input[at] ?? 0) ^ (1 << m.random.below(8))));
};

const setByte: Step = (input, m) => {
  const at = m.random.below(input.length);
  return overwrite(input, at, Buffer.of(m.random.once(2) ? m.random.below(256) : m.random.of(edges) & 255));
};

/** Reads 1 to 4 bytes somewhere as a length, big endian, and writes another. */
const length: Step = (input, m) => {
  const width = 1 + m.random.below(Math.min(4, input.length));
  if (input.length < width) return input;
  const at = m.random.below(Math.min(input.length - width + 1, m.random.once(2) ? 64 : input.length));
  const rest = input.length - at - width;
  const before = input.readUIntBE(at, width);
  const value = m.random.of([before + 1, before - 1, before * 2, rest, rest - 1, rest + 1, m.random.of(edges)]);
  const output = Buffer.from(input);
  output.writeUIntBE(Math.abs(value) % 256 ** width, at, width);
  return output;
};

const cutOut: Step = (input, m) => replace(input, ...piece(input, m), Buffer.alloc(0));
const truncate: Step = (input, m) => input.subarray(0, m.random.below(input.length + 1));
const behead: Step = (input, m) => input.subarray(m.random.below(Math.min(input.length, 16) + 1));

const double: Step = (input, m) => {
  const [from, to] = piece(input, m);
  const times = m.random.once(8) ? 1 + m.random.below(64) : 1;
  const room = Math.max(1, Math.floor((m.most - input.length) / Math.max(1, to - from)));
  return replace(input, to, to, Buffer.concat(Array(Math.min(times, room)).fill(input.subarray(from, to))));
};

const swap: Step = (input, m) => {
  const [from, to] = piece(input, m);
  const middle = from + m.random.below(to - from + 1);
  return replace(input, from, to, Buffer.concat([input.subarray(middle, to), input.subarray(from, middle)]));
};

const insert: Step = (input, m) => {
  const at = m.random.below(input.length + 1);
  const part = Buffer.alloc(m.random.few(12));
  const same = m.random.once(2) ? m.random.below(256) : -1;
  for (let n = 0; n < part.length; n++) part[n] = same < 0 ? m.random.below(256) : same;
  return replace(input, at, at, part);
};

const word: Step = (input, m) => {
  if (m.words.length === 0) return insert(input, m);
  const at = m.random.below(input.length + 1);
  const part = m.random.of(m.words);
  return m.random.once(2) ? replace(input, at, at, part) : overwrite(input, at, part);
};

const splice: Step = (input, m) => {
  const other = m.other();
  const [from, to] = piece(other, m);
  const at = m.random.below(input.length + 1);
  return m.random.once(2)
    ? replace(input, at, at, other.subarray(from, to))
    : Buffer.concat([input.subarray(0, at), other.subarray(from)]);
};

const steps: readonly Step[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  length,
  length,
  cutOut,
  truncate,
  behead,
  double,
  swap,
  insert,
  word,
  splice,
];
