import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { GenkanError } from "../../protocol/error.ts";
import { readCorpus } from "./corpus.ts";
import { fuzz } from "./engine.ts";
import { minimise } from "./minimise.ts";
import { Random } from "./random.ts";
import { bytes } from "./shape/bytes.ts";
import { json } from "./shape/json.ts";
import type { Mutation, Shape } from "./shape/shape.ts";
import { accepted, hold, listed, type Run, type Target } from "./target.ts";
import { targets } from "./targets.ts";

const corpora = new URL("./corpus/", import.meta.url);
const usual = 2_000;

describe("every input of a corpus and its seeded mutations are accepted or refused by a stable code:", () => {
  const rejected: unknown[] = [];
  const keep = (reason: unknown) => void rejected.push(reason);
  process.on("unhandledRejection", keep);
  afterAll(() => {
    process.off("unhandledRejection", keep);
    expect(rejected).toEqual([]);
  });

  test.each(targets.map((target) => [target.name, target] as const))("%s", async (_name, target) => {
    const corpus = readCorpus(target.name);
    const run = await target.open();
    const executions = corpus.length + (target.replayed ?? usual);
    const tally = await fuzz(target, [run], { executions, seed: "replay", corpus });
    await run.close?.();
    const crashes = tally.crashes.map(({ kind, detail, input }) => ({ kind, detail, input: input.toString("base64") }));
    expect(crashes).toEqual([]);
    expect(tally.executions).toBeGreaterThanOrEqual(executions);
    expect(Object.keys(tally.verdicts)).toContain(accepted);
  });
});

describe("the corpora", () => {
  const names = readdirSync(corpora);

  test("belong to a target each, and each target has one, with honest inputs in it", () => {
    expect(names.toSorted()).toEqual(targets.map(({ name }) => name).toSorted());
    for (const name of names) expect(readCorpus(name).some((entry) => entry.name.startsWith("honest-"))).toBe(true);
  });

  test("are small, and no input in them is an unread crash", () => {
    const entries = names.map(readCorpus);
    const total = entries.flat().reduce((sum, { input }) => sum + input.length, 0);
    expect(total).toBeLessThan(1_000_000);
    expect(Math.max(...entries.map((list) => list.length))).toBeLessThanOrEqual(240);
    expect(entries.flat().filter(({ name }) => name.startsWith("crash-"))).toEqual([]);
  });

  test("are listed with their parsers in the README", () => {
    const rows = readFileSync(new URL("./README.md", import.meta.url), "utf8").split("\n");
    for (const target of targets) expect(rows).toContain(listed(target));
  });
});

/** A target over a parser that the test makes up. */
function targetOf(execute: Run["execute"], shape: Shape = bytes): Target {
  return {
    name: "made-up",
    parsers: [],
    holds: "",
    shape,
    verdicts: ["bad-request"],
    seeds: () => ({}),
    open: () => ({ execute }),
  };
}

async function crashesOf(execute: Run["execute"], hangMs?: number) {
  const corpus = [{ name: "0", input: Buffer.from("abcdefgh") }];
  const options = { executions: 3_000, seed: "1", corpus, ...(hangMs === undefined ? {} : { hangMs }) };
  const { crashes } = await fuzz(targetOf(execute), [{ execute }], options);
  return crashes.map(({ kind }) => kind);
}

describe("the fuzzer", () => {
  test("finds what throws anything but a code, and says it once", async () => {
    const found = await crashesOf((input) => {
      if (input.length > 9) throw new TypeError(`${input.length} is too long`);
      return accepted;
    });
    expect(found).toEqual(["threw"]);
  });

  test("finds a verdict that the target does not name, thrown or returned", async () => {
    expect(
      await crashesOf((input) => {
        if (input.length === 8) throw new GenkanError("bad-request");
        if (input.length < 4) throw new GenkanError("internal");
        return input.length < 6 ? "strange" : accepted;
      }),
    ).toEqual(["verdict", "verdict"]);
  });

  test("finds an accepted input of which something does not hold", async () => {
    const found = await crashesOf((input) => {
      hold(!input.includes("ab") || input.includes("c"), "where there is ab there is c");
      return accepted;
    });
    expect(found).toEqual(["violation"]);
  });

  test("finds what takes too long, twice", async () => {
    let slow = 0;
    const busy = (ms: number) => {
      // Time of the processor, and not of a clock that runs on while others have it.
      for (const before = process.threadCpuUsage(); process.threadCpuUsage(before).user < ms * 1_000; );
    };
    const found = await crashesOf((input) => {
      if (input.length === 3 && slow++ < 2) busy(80);
      return accepted;
    }, 50);
    expect(found).toEqual(["hang"]);
  });

  test("does the same with the same seed, and something else with another", async () => {
    const inputs = async (seed: string) => {
      const seen: string[] = [];
      const execute = (input: Buffer) => (seen.push(input.toString("hex")), accepted);
      const corpus = [{ name: "0", input: Buffer.from('{"a": [1, "two", null]}') }];
      await fuzz(targetOf(execute, json), [{ execute }], { executions: 500, seed, corpus });
      return seen;
    };
    expect(await inputs("1")).toEqual(await inputs("1"));
    expect(await inputs("1")).not.toEqual(await inputs("2"));
  });

  test("makes a failing input short", async () => {
    const breaks = async (input: Buffer) => input.includes("needle");
    const short = await minimise(Buffer.from(`${"hay ".repeat(100)}needle${" hay".repeat(100)}`), breaks);
    expect(short.toString()).toBe("needle");
  });

  test.each([
    ["a byte flipped", (input: Buffer) => input.length === 11 && input.compare(Buffer.from('{"a":[1,2]}')) !== 0],
    ["an end cut off", (input: Buffer) => input.length < 11 && Buffer.from('{"a":[1,2]}').indexOf(input) === 0],
    ["a member twice", (input: Buffer) => input.toString().split('"a":').length > 2],
    ["items in another order", (input: Buffer) => input.toString() === '{"a":[2,1]}'],
    ["a member that nobody knows", (input: Buffer) => input.includes('"__proto__":')],
    ["another number", (input: Buffer) => input.includes("9007199254740993")],
    ["depth", (input: Buffer) => input.includes("[[[[")],
  ])("makes %s", (_what, found) => {
    const random = new Random("shapes");
    const seed = Buffer.from('{"a":[1,2]}');
    const mutation: Mutation = { random, other: () => seed, words: [], most: 10_000 };
    const made = Array.from({ length: 5_000 }, (_, at) => (at % 2 === 0 ? bytes : json)(seed, mutation));
    expect(made.filter(found).length).toBeGreaterThan(0);
  });
});
