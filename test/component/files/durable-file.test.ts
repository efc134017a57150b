import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFile, createFrom, FileDraft, replaceFile } from "../../../files/durable-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-files-"));
  path = join(folder, "file");
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = () => readFileSync(path, "utf8");
const files = () => readdirSync(folder).sort();

describe("a file that is written durably", () => {
  test("is its owner's alone, replaces what is there, and leaves no draft", () => {
    replaceFile(path, "old");
    chmodSync(path, 0o644);
    replaceFile(path, "new");
    expect([text(), statSync(path).mode & 0o777, files()]).toEqual(["new", 0o600, ["file"]]);
  });

  test("that is to be new never takes the place of one that is there", () => {
    expect(createFile(path, "first")).toBe(true);
    expect(createFile(path, "second")).toBe(false);
    expect([text(), statSync(path).mode & 0o777, files()]).toEqual(["first", 0o600, ["file"]]);
  });

  test("of what streams in is new too, and leaves nothing of what broke off", async () => {
    await createFrom(path, Readable.from(["a", "b"]));
    expect([text(), statSync(path).mode & 0o777]).toEqual(["ab", 0o600]);
    await expect(createFrom(path, Readable.from(["c"]))).rejects.toMatchObject({ code: "state-conflict" });
    const broken = Readable.from(
      (async function* () {
        yield "half";
        throw new Error("it broke off");
      })(),
    );
    await expect(createFrom(`${path}.other`, broken)).rejects.toThrow("it broke off");
    expect([text(), files()]).toEqual(["ab", ["file"]]);
  });

  test("keeps the old bytes where the new ones can't be written", () => {
    replaceFile(path, "old");
    mkdirSync(`${path}.new`);
    expect(() => replaceFile(path, "new")).toThrow(expect.objectContaining({ code: "store-unavailable" }));
    expect(text()).toBe("old");
  });

  test("has room taken before its bytes are known, and none of it is left", () => {
    writeFileSync(path, "old");
    const draft = new FileDraft(path, 4096);
    expect(statSync(`${path}.new`).size).toBe(4096);
    draft.keep("short");
    expect([text(), files()]).toEqual(["short", ["file"]]);
    new FileDraft(path, 4096).discard();
    expect([text(), files()]).toEqual(["short", ["file"]]);
  });

  test("is whole, whenever its writer is killed", async () => {
    const bytes = 300_000;
    const whole = ["a", "b"].map((letter) => letter.repeat(bytes));
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "replace-child.ts"), path, String(bytes)]);
      await once(child.stdout, "data");
      await sleep(Math.random() * 60);
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
      for (const name of files().filter((one) => !one.endsWith(".new")))
        expect(whole.includes(readFileSync(join(folder, name), "utf8")), name).toBe(true);
    }
  });
});
