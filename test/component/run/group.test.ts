import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** One that is dead and of whom nobody has taken note yet is dead. */
function lives(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

test.each([
  ["SIGINT", 130, "all of it", ""],
  ["SIGHUP", 129, "all of it", ""],
  ["SIGTERM", 143, "what does not end by itself too", "deaf"],
] as const)("who is ended by %s (%i) takes along what its commands have started, %s", async (signal, code, _, how) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "group-child.ts"), how], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => (told += chunk.toString()));
  const pids = () => told.split("\n").filter(Boolean).map(Number);
  onTestFinished(() => pids().forEach((pid) => lives(pid) && process.kill(pid, "SIGKILL")));
  await expect.poll(() => pids().length).toBe(2);
  const ended = once(child, "exit");
  child.kill(signal);
  expect((await ended)[0]).toBe(code);
  await expect.poll(() => pids().filter(lives)).toEqual([]);
});
