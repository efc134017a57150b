import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { run } from "../run/command.ts";

/** A copy of the working tree in a temporary folder, with this tree's packages. `remove` takes it away. */
export async function copyTree(): Promise<{ folder: string; remove: () => void }> {
  const listed = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (listed.code !== 0) throw new Error(`The tree can't be listed:\n${listed.output}`);
  const gone = await run("git", ["ls-files", "-z", "--deleted"]);
  const missing = new Set(gone.output.split("\0"));
  const folder = mkdtempSync(join(tmpdir(), "genkan-defences-"));
  for (const file of new Set(listed.output.split("\0"))) {
    if (file === "" || missing.has(file)) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(file, join(folder, file));
  }
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
