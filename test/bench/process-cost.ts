import { readFileSync } from "node:fs";
import { residentBytes } from "../world/proc.ts";

/** Linux counts in ticks of 10 ms. */
const ticksPerSecond = 100;

/** CPU seconds that a process has used, user and system (proc(5), /proc/pid/stat, fields 14 and 15). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process in MiB. */
export function residentMib(pid: number): number {
  return residentBytes(pid) / 2 ** 20;
}
