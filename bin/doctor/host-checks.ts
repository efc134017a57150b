import { lookup } from "node:dns/promises";
import { readFile, stat, statfs } from "node:fs/promises";
import { isIP } from "node:net";
import { certificateEnd } from "../../crypto/certificate.ts";
import { type FileKind, rightsFault } from "../../crypto/file-rights.ts";
import { listen } from "../../link/listen.ts";
import { GenkanError } from "../../protocol/error.ts";
import { limits } from "../../protocol/limits.ts";
import { type Finding, found, type State } from "./finding.ts";

const dayMs = 86_400_000;

/** Room on the disk of a folder. */
export async function checkDisk(path: string): Promise<Finding> {
  const room = await statfs(path).catch(() => null);
  if (room === null) return found("fail", "folder-missing", { path });
  const free = room.bavail * room.bsize;
  const state: State = free < limits.doctorDiskFailBytes ? "fail" : free < limits.doctorDiskWarnBytes ? "warn" : "ok";
  return found(state, "disk", { path, free: String(Math.floor(free / 1_000_000)) });
}

/** Whether a file, or folder, is its owner's alone as far as its kind asks. `option` is where it is named. */
export async function checkRights(path: string, kind: FileKind, option: string): Promise<Finding> {
  const stats = await stat(path).catch(() => null);
  if (stats === null) return found("fail", "file-missing", { path, option });
  const fault = rightsFault(path, stats, kind);
  return fault === null ? found("ok", "rights", { path }) : found("fail", "rights-wrong", { path, fault });
}

/** How long a certificate (PEM) is still good. */
export async function checkCertificate(path: string, now: Date): Promise<Finding> {
  try {
    const left = certificateEnd(await readFile(path, "utf8")).getTime() - now.getTime();
    const state: State = left <= 0 ? "fail" : left < limits.doctorCertificateWarnMs ? "warn" : "ok";
    return found(state, "certificate", { path, days: String(Math.floor(left / dayMs)) });
  } catch {
    return found("fail", "certificate-unread", { path });
  }
}

/** Whether a name has an address here. An address needs none. */
export async function checkName(host: string): Promise<Finding[]> {
  if (isIP(host) !== 0) return [];
  const address = await lookup(host).catch(() => null);
  return [address ? found("ok", "name", { host, address: address.address }) : found("fail", "name-unknown", { host })];
}

/** How far this clock is from the one of an HTTP server, by the whole seconds of its Date header (RFC 9110, 6.6.1). */
export function compareClocks(peer: string, date: string | null, now: Date): Finding {
  const theirs = Date.parse(date ?? "");
  if (Number.isNaN(theirs)) return found("warn", "clock-unknown");
  const off = Math.abs(theirs - now.getTime());
  const state: State = off > limits.clockSkewMs ? "fail" : off > limits.doctorClockWarnMs ? "warn" : "ok";
  return found(state, "clock", { peer, seconds: String(Math.ceil(off / 1_000)) });
}

/** Asks a page for the time. A name under .localhost is this machine, which has one clock. */
export async function checkClock(origin: string | undefined, now: () => Date): Promise<Finding> {
  if (origin === undefined) return found("warn", "clock-unknown");
  const signal = AbortSignal.timeout(limits.doctorReachMs);
  const answer = await fetch(origin, { method: "HEAD", redirect: "manual", signal }).catch(() => null);
  return compareClocks(origin, answer?.headers.get("date") ?? null, now());
}

/** Whether a program could listen there. */
export async function checkPort(host: string, port: number): Promise<Finding> {
  const at = `${host}:${port}`;
  try {
    const listener = await listen({ host, port, onSocket: (socket) => void socket.destroy() });
    listener.close();
    return found("ok", "port", { at });
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unknown";
    return why === "EADDRINUSE" ? found("warn", "port-taken", { at }) : found("fail", "port-refused", { at, why });
  }
}

/** Whether a peer is there and shows the key that it is known by. `dial` ends what it has begun. */
export async function checkReach(peer: string, at: string, dial: () => Promise<void>): Promise<Finding> {
  try {
    await dial();
    return found("ok", "reach", { peer, at });
  } catch (error) {
    const other = error instanceof GenkanError && error.code === "peer-key-mismatch";
    return found("fail", other ? "reach-other" : "reach-not", { peer, at });
  }
}
