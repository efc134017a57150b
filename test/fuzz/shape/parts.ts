import type { Mutation, Shape } from "./shape.ts";
import { text } from "./text.ts";

/** How an input is taken apart and put together again. */
interface Codec {
  split(input: Buffer): Buffer[];
  join(parts: readonly Buffer[], m: Mutation): Buffer;
}

/** Parts are left out, doubled, moved, taken from another input; or one of them is changed from inside. */
export function parts(codec: Codec, inner: Shape): Shape {
  return (input, m) => {
    const list = codec.split(input);
    for (let step = m.random.few(4); step > 0; step--) change(list, codec, inner, m);
    return codec.join(list, m);
  };
}

function change(list: Buffer[], codec: Codec, inner: Shape, m: Mutation): void {
  const { random } = m;
  const at = random.below(list.length);
  const part = list[at] ?? Buffer.alloc(0);
  switch (random.below(12)) {
    case 0:
      return void list.splice(at, 1);
    case 1: {
      const times = random.once(8) ? random.of([16, 64, 100]) : 1;
      const room = Math.max(1, Math.floor(m.most / (part.length + 1)));
      return void list.splice(at, 0, ...Array<Buffer>(Math.min(times, room)).fill(part));
    }
    case 2:
      list.splice(at, 1);
      return void list.splice(random.below(list.length + 1), 0, part);
    case 3: {
      const others = codec.split(m.other());
      return void list.splice(random.below(list.length + 1), 0, random.of(others) ?? part);
    }
    case 4:
      return void (m.words.length > 0 && list.splice(random.below(list.length + 1), 0, random.of(m.words)));
    default:
      list[at] = inner(part, m);
  }
}

/** Lines of text, by `separator`. */
export function lines(separator: string, inner: Shape = text): Shape {
  const between = Buffer.from(separator);
  return parts({ split: (input) => splitBy(input, between), join: (list) => joinBy(list, between) }, inner);
}

/** Parts in base64url with dots between, as a JWS has: each is changed as what it encodes, or as it is written. */
export function segments(inner: Shape): Shape {
  const dot = Buffer.from(".");
  const encoded: Shape = (part, m) =>
    m.random.once(4)
      ? text(part, m)
      : Buffer.from(inner(Buffer.from(part.toString("latin1"), "base64url"), m).toString("base64url"));
  return parts({ split: (input) => splitBy(input, dot), join: (list) => joinBy(list, dot) }, encoded);
}

function splitBy(input: Buffer, between: Buffer): Buffer[] {
  const list: Buffer[] = [];
  let from = 0;
  for (let at = input.indexOf(between); at >= 0; at = input.indexOf(between, from)) {
    list.push(input.subarray(from, at));
    from = at + between.length;
  }
  return [...list, input.subarray(from)];
}

function joinBy(list: readonly Buffer[], between: Buffer): Buffer {
  return Buffer.concat(list.flatMap((part, at) => (at === 0 ? [part] : [between, part])));
}

/**
 * Frames: a head of `headBytes` in which `lengthOf` finds the length of the body that follows. Bodies are changed by
 * `inner` and get their true length again, but now and then another one.
 */
export function frames(
  layout: { headBytes: number; lengthOf(head: Buffer): number; withLength(head: Buffer, length: number): Buffer },
  inner: Shape,
): Shape {
  const { headBytes } = layout;
  const split = (input: Buffer) => {
    const list: Buffer[] = [];
    for (let at = 0; at < input.length; ) {
      const head = input.subarray(at, at + headBytes);
      const bytes = head.length < headBytes ? head.length : headBytes + layout.lengthOf(head);
      list.push(input.subarray(at, at + bytes));
      at += Math.max(1, bytes);
    }
    return list;
  };
  const frame: Shape = (part, m) => {
    if (part.length < headBytes) return inner(part, m);
    const body = m.random.once(4) ? part.subarray(headBytes) : inner(part.subarray(headBytes), m);
    const wrong = m.random.once(12) ? m.random.of([-1, 1, 256, 32_768, 262_144]) : 0;
    let head = layout.withLength(part.subarray(0, headBytes), Math.max(0, body.length + wrong));
    if (m.random.once(6)) {
      head = Buffer.from(head);
      head[m.random.below(headBytes)] = m.random.below(256);
    }
    return Buffer.concat([head, body]);
  };
  return parts({ split, join: (list) => Buffer.concat(list) }, frame);
}
