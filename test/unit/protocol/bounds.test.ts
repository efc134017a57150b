import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Schema => typeof value === "object" && value !== null;

/** Where a schema takes a string of any length; keys of a record count as its members do. */
function* unbounded(schema: unknown, at: string, seen = new Set<unknown>()): Generator<string> {
  if (!isObject(schema) || seen.has(schema)) return;
  seen.add(schema);
  if (schema["type"] === "string") {
    const bounded = ["maxLength", "pattern", "format", "enum", "const"].some((key) => schema[key] !== undefined);
    if (!bounded) yield at;
  }
  for (const [key, value] of Object.entries(schema)) yield* unbounded(value, `${at}.${key}`, seen);
}

test("no schema of the protocol takes a string without a bound", async () => {
  const files = globSync("protocol/**/*.ts");
  const found: string[] = [];
  let strings = 0;
  for (const file of files) {
    const exported: Schema = await import(join(process.cwd(), file));
    for (const [name, value] of Object.entries(exported)) {
      if (typeof value === "function") continue;
      found.push(...unbounded(value, `${file} ${name}`));
      strings += JSON.stringify(value)?.split('"type":"string"').length ?? 0;
    }
  }
  expect(found).toEqual([]);
  expect(strings).toBeGreaterThan(500);
  expect([...unbounded({ type: "object", properties: { a: { type: "string" } } }, "x")]).toEqual(["x.properties.a"]);
});
