import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { lockedPackage } from "./lock.ts";
import { windows } from "./platform.ts";

/**
 * The folder of Node for Windows. npm installs no package of another system, so this asks its registry for the one file,
 * the only thing of packaging that is fetched, and takes it only when it has the hash that stands in package-lock.json.
 */
export function fetchWindowsNode(root: string): string {
  const locked = lockedPackage(root, windows.nodePackage);
  const cache = join(root, "node_modules/.cache/genkan");
  const folder = join(cache, `${windows.nodePackage}-${locked.version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fetched = mkdtempSync(join(cache, "fetch-"));
  try {
    run("npm", ["pack", `${windows.nodePackage}@${locked.version}`, "--silent"], fetched);
    const archive = `${windows.nodePackage}-${locked.version}.tgz`;
    const hash = `sha512-${createHash("sha512")
      .update(readFileSync(join(fetched, archive)))
      .digest("base64")}`;
    if (hash !== locked.integrity) throw new Error(`${archive} has another hash than package-lock.json says.`);
    run("tar", ["-xzf", archive], fetched);
    renameSync(join(fetched, "package"), folder);
  } finally {
    rmSync(fetched, { recursive: true });
  }
  return folder;
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr}`);
}
