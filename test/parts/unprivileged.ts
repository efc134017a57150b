import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** As whom a real part runs: the tests' own user, or, where they run as root, the one that its package made. */
export function userOf(name: string): User | null {
  if (process.getuid?.() !== 0) return null;
  const [, , uid, gid] = execFileSync("getent", ["passwd", name], { encoding: "utf8" }).split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

/** A folder that belongs to that user alone. */
export function folderOf(user: User | null, name: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `genkan-${name}-`));
  if (user) chownSync(path, user.uid, user.gid);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs as that user, and gets `dies` when this process dies, however it does. */
export function spawnAs(
  user: User | null,
  dies: NodeJS.Signals,
  command: readonly string[],
  options: { input?: string; cwd: string },
): ChildProcess {
  const identity = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups"] : [];
  const child = spawn("setpriv", [...identity, `--pdeathsig=${dies.slice(3)}`, ...command], {
    cwd: options.cwd,
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  return child;
}

/** Collects what a program says until it ends. */
export function said(child: ChildProcess): { text: () => string; ended: Promise<number | null> } {
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
  return { text: () => text, ended };
}
