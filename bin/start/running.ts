import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { message, StartError } from "./message.ts";

const file = (dataFolder: string) => join(dataFolder, "running.pid");

/** Two launchers on one data folder would fight over its store, and a fresh start would pull it away from the first. */
export function refuseSecondStart(dataFolder: string): void {
  if (!existsSync(file(dataFolder))) return;
  const pid = Number(readFileSync(file(dataFolder), "utf8"));
  if (!isLauncher(pid)) return;
  throw new StartError(
    message(
      `このデータ（${dataFolder}）の Genkan はすでに動いています（プロセス ${pid}）。そちらを Ctrl-C で終了するか、--data で別のフォルダーを指定してください。`,
      `Genkan runs with this data (${dataFolder}) already, as process ${pid}. End that one with Ctrl-C, or name another folder with --data.`,
    ),
  );
}

export function markRunning(dataFolder: string): void {
  writeFileSync(file(dataFolder), String(process.pid));
}

export function markEnded(dataFolder: string): void {
  rmSync(file(dataFolder), { force: true });
}

/** Whether the process lives and is a launcher: after a crash its number may belong to another program. */
function isLauncher(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, "utf8").includes("start.ts");
}
