import type { Random } from "../random.ts";
import { copyJson, type Json, Members, Raw, readJson, writeJson } from "./json-tree.ts";
import type { Mutation, Shape } from "./shape.ts";
import { text } from "./text.ts";

const strings = [
  "",
  " ",
  "\0",
  "\u001b[2J",
  "\ud800",
  "\udc00x",
  "\u2028",
  "\ufeff",
  "İ",
  "👩‍⚕️",
  "e\u0301".repeat(40),
  "__proto__",
  "constructor",
  "toString",
  "null",
  "0",
  "../../etc/passwd",
  "9999-99-99T99:99:99.999Z",
  "2026-02-30T00:00:00.000Z",
  "2026-03-01T09:00:00.000+09:00",
  "0000-01-01T00:00:00.000Z",
  "A".repeat(43),
  "-".repeat(43),
];
const numbers = [
  "0",
  "-0",
  "1",
  "-1",
  "1.5",
  "1e308",
  "1e400",
  "9007199254740991",
  "9007199254740993",
  "1E2",
  "4294967296",
];
const names = [
  "__proto__",
  "constructor",
  "toString",
  "length",
  "type",
  "id",
  "x",
  "",
  "then",
  "toJSON",
  "hasOwnProperty",
];
/** Lengths at which schemas of ours end, and one beyond. */
const lengths = [0, 1, 2, 15, 16, 17, 42, 43, 44, 64, 65, 120, 121, 253, 254, 300, 301, 500, 501, 512, 4_000, 4_001];

/** JSON whose tree is changed: values, members, order, doubles, depth; or its text. What is no JSON is text. */
export const json: Shape = (input, m) => {
  if (m.random.once(8)) return text(input, m);
  const tree = readJson(input.toString("utf8"));
  if (tree === undefined) return text(input, m);
  let changed = tree;
  for (let step = m.random.few(4); step > 0; step--) changed = change(changed, m);
  const output = Buffer.from(writeJson(changed, m.random.once(16) ? m.random : undefined));
  return m.random.once(24) ? text(output, m) : output;
};

/** A place in the tree: what stands there, and how to put something else. */
interface Place {
  readonly value: Json;
  set(value: Json): void;
}

function places(tree: Json, set: (value: Json) => void, found: Place[]): Place[] {
  found.push({ value: tree, set });
  if (Array.isArray(tree)) for (const [at, item] of tree.entries()) places(item, (value) => (tree[at] = value), found);
  else if (tree instanceof Members)
    for (const member of tree.list) places(member[1], (value) => (member[1] = value), found);
  return found;
}

function change(tree: Json, m: Mutation): Json {
  let root = tree;
  const all = places(tree, (value) => (root = value), []);
  const { random } = m;
  const place = random.of(all);
  const { value } = place;
  if (value instanceof Members && random.below(8) > 0) changeMembers(value, all, m);
  else if (Array.isArray(value) && random.below(8) > 0) changeItems(value, all, random);
  else if (typeof value === "string" && random.below(4) > 0) place.set(changeString(value, m));
  else if (random.once(4)) place.set(copyJson(random.of(all).value));
  else place.set(other(random));
  return root;
}

function changeMembers(value: Members, all: readonly Place[], { random }: Mutation): void {
  const { list } = value;
  const at = random.below(list.length);
  const member = list[at];
  switch (random.below(7)) {
    case 0:
      return void list.splice(at, 1);
    case 1:
      // The same name twice: readers differ on which one counts.
      return void (
        member && list.splice(random.below(list.length + 1), 0, [member[0], copyJson(random.of(all).value)])
      );
    case 2:
      return void list.splice(random.below(list.length + 1), 0, [random.of(names), other(random)]);
    case 3:
      return void list.reverse();
    case 4:
      return void (member && list.push(...list.splice(at, 1)));
    case 5:
      if (member) member[0] = random.of(names);
      return;
    default:
      if (member) member[1] = random.once(2) ? other(random) : copyJson(random.of(all).value);
  }
}

function changeItems(value: Json[], all: readonly Place[], random: Random): void {
  const at = random.below(value.length);
  switch (random.below(6)) {
    case 0:
      return void value.splice(at, 1);
    case 1: {
      const item = value[at] ?? null;
      const times = random.once(8) ? random.of([8, 16, 17, 32, 33, 64, 65]) : 1;
      return void value.push(...Array<Json>(times).fill(item));
    }
    case 2:
      return void value.reverse();
    case 3:
      return void value.push(copyJson(random.of(all).value));
    case 4:
      value.length = 0;
      return;
    default:
      value[at] = other(random);
  }
}

function changeString(value: string, m: Mutation): string {
  const { random } = m;
  if (random.once(6)) return random.of(strings);
  if (random.once(6)) return (value || "x").repeat(4_001).slice(0, random.of(lengths));
  if (random.once(6) && m.words.length > 0) return random.of(m.words).toString("utf8");
  return text(Buffer.from(value), m).toString("utf8");
}

function other(random: Random): Json {
  switch (random.below(10)) {
    case 0:
      return null;
    case 1:
      return random.once(2);
    case 2:
    case 3:
      return new Raw(random.of(numbers));
    case 4:
      return [];
    case 5:
      return new Members([]);
    case 6:
      return nested(random.once(32) ? 1_000 : 3);
    default:
      return random.of(strings);
  }
}

/** Depth without breadth. */
const nested = (depth: number) => new Raw(`${"[".repeat(depth)}${"]".repeat(depth)}`);
