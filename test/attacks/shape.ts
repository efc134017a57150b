import fc from "fast-check";
import { makeId } from "../../protocol/make-id.ts";

/** What is read of a JSON schema here. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const instant = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });
const anything = fc.jsonValue({ maxDepth: 2 });

/** Values that a schema takes, as far as it can be followed; what can't be is anything at all. */
export function shaped(schema: object): fc.Arbitrary<unknown> {
  const s = schema as Schema;
  if ("const" in s) return fc.constant(s.const);
  if (s.enum) return fc.constantFrom(...s.enum);
  if (s.anyOf) return fc.oneof(...s.anyOf.map(shaped));
  switch (s.type) {
    case "object": {
      const members = Object.entries(s.properties ?? {}).map(([name, member]) => [name, shaped(member)] as const);
      return fc.record(Object.fromEntries(members), { requiredKeys: [...(s.required ?? [])] });
    }
    case "array":
      return fc.array(shaped(s.items ?? {}), { maxLength: 3 });
    case "string":
      return textOf(s);
    case "integer":
    case "number":
      return fc.integer({ min: s.minimum ?? 0, max: Math.min(s.maximum ?? 1_000, 1_000_000) });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return anything;
  }
}

function textOf(s: Schema): fc.Arbitrary<string> {
  const prefix = /^\^(\w+)_/.exec(s.pattern ?? "")?.[1];
  const kinds = ["session", "grant", "request", "device", "service"] as const;
  if (prefix !== undefined) {
    const id = fc.constantFrom(...kinds).map((kind) => makeId(kind, new Uint8Array(10)));
    return id.map((text) => `${prefix}_${text.split("_")[1] ?? ""}`);
  }
  if (s.pattern?.includes("T")) return instant.map((date) => date.toISOString());
  // Words: any letters, and now and then one that the pattern refuses.
  if (s.pattern?.includes("\\p{")) return fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
  if (s.pattern !== undefined) return fc.stringMatching(new RegExp(s.pattern));
  return fc.string({ minLength: s.minLength ?? 0, maxLength: Math.min(s.maxLength ?? 40, 40) });
}

/** The right shape, the right shape with one member that is something else, or anything at all. */
export function nearly(schema: object | undefined): fc.Arbitrary<unknown> {
  if (schema === undefined) return anything;
  const members = Object.keys((schema as Schema).properties ?? {});
  const spoiled = fc
    .tuple(shaped(schema), fc.constantFrom(...members, "constructor", "__proto__"), anything)
    .map(([value, member, other]) => ({ ...(value as object), [member]: other }));
  return fc.oneof({ weight: 3, arbitrary: shaped(schema) }, { weight: 2, arbitrary: spoiled }, anything);
}
