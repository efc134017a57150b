import { describe, expect, test } from "vitest";
import { Faces } from "./world.ts";

const strange = [
  "/assets/..%2f..%2fx",
  "/assets/..%5c..%5cx",
  "/assets/%00",
  "/assets/app.js%00",
  "/assets/",
  "/assets/.",
  "/assets/.hidden",
  "/assets//app.js",
  "/assets/app.js/",
  "/assets/app.js/x",
  `/assets/${"a".repeat(300)}`,
  `/assets/${"a/".repeat(200)}a`,
  "/assets/C:%5cwindows",
  "/assets/none.js",
];

describe("an address under /assets/ that names no asset", () => {
  test.each(strange)("%s is not found, and neither log gains a line", async (url) => {
    const { f, lines } = await open();
    const before = (await f.world.audit()).length;
    const answer = await f.ask("portal", "GET", url);
    expect([answer.status, lines, (await f.world.audit()).length - before]).toEqual([404, [], 0]);
  });
});

async function open(): Promise<{ f: Faces; lines: string[] }> {
  const lines: string[] = [];
  const note = (_facts: object, message: string) => void lines.push(message);
  return { f: await Faces.open({ log: { debug() {}, info: note, warn: note, error: note } }), lines };
}
