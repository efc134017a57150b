import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { createProgramKey, exportProgramKey } from "../../../crypto/program-key.ts";
import { bytesOf, Scene, temporaryFolder } from "./fixture.ts";

const cleanup: (() => unknown)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

test("files that changed while no descriptor was free are read when one is, though they changed no more", async () => {
  const { path, remove } = temporaryFolder();
  cleanup.push(remove);
  const scene = new Scene();
  const programKey = createProgramKey();
  writeFileSync(join(path, "allow.json"), JSON.stringify({ targets: [{ address: "10.0.0.5", ports: [80] }] }));
  writeFileSync(join(path, "trust.json"), bytesOf(scene.listStatement()));
  writeFileSync(join(path, "a.pem"), programKey.certificate);
  writeFileSync(join(path, "a.key"), exportProgramKey(programKey));
  const child = join(import.meta.dirname, "no-descriptors-child.ts");
  const bounded = ["-c", 'ulimit -n 64 && exec "$0" "$@"', process.execPath, child, path, scene.site];
  const { stdout } = await promisify(execFile)("sh", bounded);
  const [before, starved, after] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(before).toEqual({ allowed: true, trusted: true, renewed: 0, problems: 0 });
  // Nothing is allowed that can't be read, and it is told once.
  expect(starved).toEqual({ allowed: false, trusted: false, renewed: 0, problems: 1 });
  expect(after).toEqual({ allowed: true, trusted: true, renewed: 1, problems: 1 });
});
