import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callProgram, commandLine } from "../../../bin/start/call.ts";
import { Program } from "../../../bin/start/program.ts";

let folder: string;
const started: Program[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-program-"));
});
afterEach(async () => {
  for (const program of started.splice(0)) await program.crash();
  rmSync(folder, { recursive: true, force: true });
});

/** A program of these statements, as a file; they see `say(event)`. */
function program(statements: string): Program {
  const made = new Program({ name: "probe", script: script(statements), args: [], logFolder: folder });
  started.push(made);
  made.start();
  return made;
}

function script(statements: string): string {
  const file = join(folder, "probe.mjs");
  writeFileSync(file, `const say = (e) => console.log(JSON.stringify(e));\n${statements}`);
  return file;
}

describe("a program under the launcher", () => {
  it("is heard by its events, and everything else goes to its log", async () => {
    const probe = program(
      `console.error("on stderr"); console.log("no event"); say({ event: "up", port: 7 }); setInterval(() => {}, 1000);`,
    );
    expect(await probe.waitFor("up", 60_000)).toEqual({ event: "up", port: 7 });
    expect(readFileSync(probe.logFile, "utf8")).toMatch(/on stderr/);
    expect(readFileSync(probe.logFile, "utf8")).toMatch(/no event/);
  });

  it("that dies before its event is reported with the last lines of its log", async () => {
    const probe = program(`console.error("the disk is full"); process.exit(3);`);
    await expect(probe.waitFor("up", 60_000)).rejects.toThrow(/has ended/);
    expect(probe.trouble().detail).toContain("the disk is full");
  });

  it("that says nothing in time is reported too", async () => {
    const probe = program("setInterval(() => {}, 1000);");
    await expect(probe.waitFor("up", 100)).rejects.toThrow(/"up" in time/);
  });

  it("gets time to stop by itself, and is killed when it does not", async () => {
    const polite = program(
      `process.on("SIGTERM", () => { say({ event: "bye" }); process.exit(0); }); say({ event: "up" }); setInterval(() => {}, 1000);`,
    );
    await polite.waitFor("up", 60_000);
    await polite.stop();
    expect(polite.events.map(({ event }) => event)).toEqual(["up", "bye"]);

    const deaf = program(`process.on("SIGTERM", () => {}); say({ event: "up" }); setInterval(() => {}, 1000);`);
    await deaf.waitFor("up", 60_000);
    await deaf.stop();
    expect(deaf.running).toBe(false);
  });

  it("is heard and stopped though its log can't be written, which is told", async () => {
    // A folder in its place refuses each line, as a full disk does.
    mkdirSync(join(folder, "probe.log"));
    const probe = program(`say({ event: "up" }); console.error("lost"); setInterval(() => {}, 1000);`);
    const failures: unknown[] = [];
    probe.onLogFailure((error) => failures.push(error));
    await probe.waitFor("up", 60_000);
    await probe.stop();
    expect(probe.running).toBe(false);
    expect(failures).toContainEqual(expect.objectContaining({ code: "EISDIR" }));
  });

  it("tells of its new events only, after a restart", async () => {
    const probe = program(`say({ event: "up", pid: process.pid }); setInterval(() => {}, 1000);`);
    const first = await probe.waitFor("up", 60_000);
    const since = probe.events.length;
    await probe.restart();
    expect((await probe.waitFor("up", 60_000, { since })).pid).not.toBe(first.pid);
  });
});

describe("a command of a program", () => {
  it("is made of words and options", () =>
    expect(commandLine("gateway add", { "--name": "a b", "--json": true, "--service": ["x", "y"] })).toEqual([
      "gateway",
      "add",
      "--name",
      "a b",
      "--json",
      "--service",
      "x",
      "y",
    ]));

  it("answers with the object that it printed", async () => {
    const file = script(`console.log("words"); say({ args: process.argv.slice(2) });`);
    expect(await callProgram(file, "init", { "--json": true }, folder)).toEqual({ args: ["init", "--json"] });
  });

  it("fails when its log can't be written", async () => {
    const file = script(`console.error("lost"); say({});`);
    mkdirSync(join(folder, "probe.mjs.log"));
    await expect(callProgram(file, "init", {}, folder)).rejects.toThrow("EISDIR");
  });

  it("that fails is reported with what it said", async () => {
    const file = script(`console.error("no such person"); process.exit(1);`);
    const failure = await callProgram(file, "enrolment x", {}, folder).catch((error: unknown) => error);
    expect(failure).toMatchObject({ detail: "no such person" });
    expect(existsSync(join(folder, "probe.mjs.log"))).toBe(true);
  });
});
