import type { Random } from "../random.ts";

/** JSON as a tree that can also hold what no JavaScript value can: a member twice, and numbers as they are written. */
export type Json = null | boolean | string | Raw | Json[] | Members;

export class Members {
  readonly list: [name: string, value: Json][];
  constructor(list: [name: string, value: Json][]) {
    this.list = list;
  }
}

/** Written as it is. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Undefined for what is no JSON. */
export function readJson(text: string): Json | undefined {
  try {
    return treeOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Deeper than this it is left as it is written: a parser may be asked about depth, a tree of ours not. */
const deepest = 40;

function treeOf(value: unknown, depth = 0): Json {
  if (typeof value === "number" || (depth === deepest && typeof value === "object"))
    return new Raw(JSON.stringify(value));
  if (Array.isArray(value)) return value.map((item) => treeOf(item, depth + 1));
  if (typeof value !== "object" || value === null) return value as null | boolean | string;
  return new Members(Object.entries(value).map(([name, inner]) => [name, treeOf(inner, depth + 1)]));
}

/** The same tree once more: a tree that stood inside of itself would have no end. */
export function copyJson(tree: Json): Json {
  if (Array.isArray(tree)) return tree.map(copyJson);
  if (tree instanceof Members) return new Members(tree.list.map(([name, value]) => [name, copyJson(value)]));
  return tree;
}

/** With `odd`, in another form of the same meaning: white space, and characters escaped that need not be. */
export function writeJson(tree: Json, odd?: Random): string {
  const space = () => (odd?.once(4) ? odd.of([" ", "\n", "\t", "\r\n"]) : "");
  const string = (text: string) => {
    const plain = JSON.stringify(text);
    if (!odd?.once(4) || text === "") return plain;
    const at = odd.below(text.length);
    const escaped = `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
    return `${JSON.stringify(text.slice(0, at)).slice(0, -1)}${escaped}${JSON.stringify(text.slice(at + 1)).slice(1)}`;
  };
  const write = (node: Json): string => {
    if (node instanceof Raw) return node.text;
    if (typeof node === "string") return string(node);
    if (Array.isArray(node)) return `[${space()}${node.map(write).join(`${space()},`)}]`;
    if (node instanceof Members)
      return `{${space()}${node.list.map(([name, value]) => `${string(name)}${space()}:${write(value)}`).join(",")}${space()}}`;
    return JSON.stringify(node);
  };
  return `${space()}${write(tree)}${space()}`;
}
