import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FolderLock } from "../../../agent/folder-lock.ts";
import { Scene, temporaryFolder } from "./fixture.ts";
import { World } from "./world.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

function place(): string {
  const folder = temporaryFolder();
  cleanup.push(folder.remove);
  return folder.path;
}

const taken = expect.objectContaining({ code: "state-conflict" });

test("a second agent on the same folder does not start, and leaves what the first serves alone", async () => {
  const world = await World.start(new Scene());
  cleanup.push(() => world.stop());
  const { session } = await world.admit();
  const first = world.agent;
  expect(() => world.run()).toThrow(taken);
  expect(world.agent).toBe(first);
  // Whatever a second one had said or ended by now would be known before this.
  await world.admit();
  expect(world.authority.of("session.ended")).toEqual([]);
  expect(world.authority.of("hello")).toHaveLength(1);
  expect(existsSync(join(world.folder.path, "recordings", `${session}.jsonl`))).toBe(true);
  await first.stop();
  world.run();
});

test("a folder is free at once when its agent was killed, and nothing but an empty file is left", async () => {
  const folder = place();
  const module = join(import.meta.dirname, "../../../agent/folder-lock.ts");
  const script = `import { FolderLock } from ${JSON.stringify(module)};
    globalThis.lock = new FolderLock(${JSON.stringify(folder)}); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  cleanup.push(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  expect(() => new FolderLock(folder)).toThrow(taken);
  child.kill("SIGKILL");
  await once(child, "exit");
  new FolderLock(folder).release();
  expect(readdirSync(folder)).toEqual(["agent.lock"]);
  const { size, mode } = statSync(join(folder, "agent.lock"));
  expect([size, mode & 0o777]).toEqual([0, 0o600]);
});

test("a folder that can't be locked is told from one that is taken", () => {
  const folder = place();
  const unfit = expect.objectContaining({
    code: "store-unavailable",
    detail: expect.stringContaining("can't be locked"),
  });
  expect(() => new FolderLock(join(folder, "missing"))).toThrow(unfit);
  writeFileSync(join(folder, "agent.lock"), "x".repeat(1_000));
  expect(() => new FolderLock(folder)).toThrow(unfit);
});
