import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Resident memory of a process, in bytes. */
export function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib ?? 0) * 1024;
}

/** What the open files of a process are: paths, and `socket:[inode]`. */
export function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(`${folder}/${fd}`)];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

export interface OpenSocket {
  readonly localPort: number;
  readonly remotePort: number;
}

/** TCP connections over IPv4 that a process holds and that are established. */
export function connectionsOf(pid: number): OpenSocket[] {
  const inodes = new Set(openFiles(pid).map((file) => /^socket:\[(\d+)\]$/.exec(file)?.[1]));
  const rows = readFileSync("/proc/net/tcp", "utf8").trim().split("\n").slice(1);
  const port = (address = "") => Number.parseInt(address.split(":")[1] ?? "0", 16);
  return rows.flatMap((row) => {
    const [, local, remote, state, , , , , , inode] = row.trim().split(/\s+/);
    const established = state === "01" && inodes.has(inode ?? "");
    return established ? [{ localPort: port(local), remotePort: port(remote) }] : [];
  });
}
