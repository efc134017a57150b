import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { type FileKind, rightsFault } from "../crypto/file-rights.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

/**
 * A file that this agent's decisions stand on; undefined if there is none. Throws `bad-request` with the command that mends
 * it when somebody else may write the file or put another in its place, or read it where it is private; what
 * {@link readWhole} throws.
 */
export function readTrusted(path: string, kind: FileKind): Buffer | undefined {
  return readWhole(path, limits.agentFileBytes, (stats) => {
    const fault = rightsFault(path, stats, kind) ?? folderFault(dirname(path));
    if (fault !== null) throw new GenkanError("bad-request", `${path} is not used, for ${fault}`);
  });
}

/** Whoever may write a folder may replace what lies in it, unless it is sticky, as /tmp is. */
function folderFault(path: string): string | null {
  const stats = statSync(path);
  return (stats.mode & 0o1000) !== 0 ? null : rightsFault(path, stats, "own");
}

/** The file's bytes, or undefined if there is none. Throws `RangeError` beyond `most` bytes, and what `judge` throws. */
export function readWhole(path: string, most: number, judge: (stats: Stats) => void = () => {}): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    judge(fstatSync(file));
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      const chunk = Buffer.alloc(65_536);
      const bytes = readSync(file, chunk);
      if (bytes === 0) return Buffer.concat(chunks);
      total += bytes;
      if (total > most) throw new RangeError(`${path} is larger than an agent's file may be`);
      chunks.push(chunk.subarray(0, bytes));
    }
  } finally {
    closeSync(file);
  }
}

/** Whether the system failed to read a file: what is in it is unknown, and the next try may succeed. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof Error && "errno" in error;
}

/**
 * Calls `changed` within {@link limits.fileWatchMs} of a change, until it is closed. To be set up before the first
 * reading: what changes in between is then seen. Polled, for editors replace files and network file systems send no events.
 */
export class PathWatch {
  readonly #timer: NodeJS.Timeout;
  #before: string;

  constructor(path: string, changed: () => void) {
    this.#before = stateOf(path);
    this.#timer = setInterval(() => {
      const now = stateOf(path);
      if (now === this.#before) return;
      this.#before = now;
      changed();
    }, limits.fileWatchMs);
    this.#timer.unref();
  }

  /** The system failed to read the file: `changed` is called at the next look, whether it changed or not. */
  again(): void {
    this.#before = "";
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function stateOf(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}
