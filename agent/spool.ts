import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Compile } from "typebox/compile";
import { type RecordedEnd, RecordLine } from "../protocol/agent-file.ts";
import { GenkanError } from "../protocol/error.ts";
import { Id } from "../protocol/id.ts";
import { limits } from "../protocol/limits.ts";
import type { RecordEntry } from "../protocol/recording.ts";
import { readWhole } from "./trusted-file.ts";

const Line = Compile(RecordLine);
const SessionId = Compile(Id("session"));

const folderName = "recordings";
const suffix = ".jsonl";

/**
 * One session's recording on this host's disk, from the first row until the authority has it all: what a crash leaves
 * is sent by the next start. Rows are written before the call returns; the system brings them to the disk in its own time.
 */
export class Spool {
  readonly #path: string;
  #file: number | undefined;
  #bytes = 0;
  /** A line may stand there in part, so the next begins a new one. */
  #torn = false;

  private constructor(path: string, file: number | undefined) {
    this.#path = path;
    this.#file = file;
  }

  /** Throws `recorder-unavailable` when the file can't be made. */
  static open(folder: string, session: Id<"session">): Spool {
    const path = join(folder, folderName, `${session}${suffix}`);
    try {
      mkdirSync(join(folder, folderName), { recursive: true, mode: 0o700 });
      return new Spool(path, openSync(path, "a", 0o600));
    } catch (cause) {
      throw new GenkanError("recorder-unavailable", undefined, { cause });
    }
  }

  /** Throws `recorder-unavailable` when the line can't be written, or beyond {@link limits.recordSpoolBytes}. */
  write(line: RecordLine): void {
    try {
      if (this.#file === undefined) throw new RangeError("the spool is closed");
      const bytes = Buffer.from(`${this.#torn ? "\n" : ""}${JSON.stringify(line)}\n`);
      this.#bytes += bytes.length;
      if (this.#bytes > limits.recordSpoolBytes) throw new RangeError("the recording is too large");
      this.#torn = true;
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
      this.#torn = false;
    } catch (cause) {
      throw new GenkanError("recorder-unavailable", undefined, { cause });
    }
  }

  /** The authority has everything. */
  remove(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  /** The authority takes none of it: it stays for whoever stands on site. */
  setAside(): void {
    this.close();
    renameSync(this.#path, `${this.#path}.refused`);
  }

  /** What lies in the folder, of every session. Never throws: a file that has gone meanwhile has no bytes. */
  static bytesIn(folder: string): number {
    const path = join(folder, folderName);
    return sessionsIn(path).reduce((sum, name) => sum + sizeOf(join(path, `${name}${suffix}`)), 0);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  /**
   * What earlier runs left, by session. The last line may be torn; it and what can't be read are left out. A file of another
   * name is somebody's own, such as a copy: told to the authority as a session, it would keep this agent from it for good.
   */
  static leftovers(
    folder: string,
  ): { session: Id<"session">; spool: Spool; entries: RecordEntry[]; end: RecordedEnd | null }[] {
    return sessionsIn(join(folder, folderName)).map((session) => {
      const path = join(folder, folderName, `${session}${suffix}`);
      const entries: RecordEntry[] = [];
      let end: RecordedEnd | null = null;
      for (const text of (readWhole(path, limits.recordSpoolBytes)?.toString("utf8") ?? "").split("\n")) {
        const line = readLine(text);
        if (line && "entry" in line) entries.push(line.entry);
        else if (line) end = line.end;
      }
      return { session, spool: new Spool(path, undefined), entries, end };
    });
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Sessions with a recording in `folder`. */
function sessionsIn(folder: string): Id<"session">[] {
  try {
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const recordings = files.filter(({ name }) => name.endsWith(suffix));
    return recordings.map(({ name }) => name.slice(0, -suffix.length)).filter((name) => SessionId.Check(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function readLine(text: string): RecordLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Line.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
