import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A socket of a process. `peer` is null for one that listens, and for UDP. */
export interface OpenSocket {
  readonly protocol: "tcp" | "udp";
  readonly listens: boolean;
  readonly local: string;
  readonly peer: string | null;
}

/** proc(5), `/proc/net/tcp`: state 0A is LISTEN, 01 is ESTABLISHED. */
const states = { established: "01", listen: "0A" };

/** What a process has open on its network, as the kernel tells it. */
export function socketsOf(pid: number): OpenSocket[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(pid, fd))?.slice(1) ?? []),
  );
  return (["tcp", "tcp6", "udp", "udp6"] as const).flatMap((table) => {
    const [, ...lines] = readFileSync(`/proc/${pid}/net/${table}`, "utf8").trimEnd().split("\n");
    return lines.flatMap((line): OpenSocket[] => {
      const [, local = "", peer = "", state, , , , , , inode = ""] = line.trim().split(/\s+/);
      if (!own.has(inode)) return [];
      const protocol = table.startsWith("tcp") ? "tcp" : "udp";
      const established = protocol === "tcp" && state === states.established;
      const listens = protocol === "udp" || state === states.listen;
      return [{ protocol, listens, local: endOf(local), peer: established ? endOf(peer) : null }];
    });
  });
}

/** A descriptor may be closed while it is looked at. */
function linkOf(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return "";
  }
}

/** `0A4D040A:20FB`: IPv4 in the host's byte order (little endian on what is supported), port in hexadecimal. */
function endOf(text: string): string {
  const [address = "", port = ""] = text.split(":");
  const bytes = Buffer.from(address, "hex");
  const shown = bytes.length === 4 ? [...bytes.reverse()].join(".") : `[${address}]`;
  return `${shown}:${Number.parseInt(port, 16)}`;
}
