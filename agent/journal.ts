import { closeSync, fstatSync, fsyncSync, openSync, readSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { EndReason } from "../protocol/end-reason.ts";
import type { ErrorCode } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { Reach } from "../protocol/reach.ts";
import type { CertificateSeen } from "../protocol/recording.ts";

/** What the agent did, in its own words, for whoever stands on site: it can be held against the authority's log. */
export type JournalEntry =
  | {
      readonly event: "admitted";
      readonly session: Id<"session">;
      readonly grant: string;
      readonly person: { readonly id: string; readonly name: string };
      readonly device: string;
      /** `protocol address:port`. */
      readonly service: string;
      readonly approvers: readonly string[];
      readonly windowEnd: string;
    }
  | { readonly event: "refused"; readonly session: Id<"session"> | null; readonly code: ErrorCode }
  | { readonly event: "begun"; readonly session: Id<"session"> }
  | { readonly event: "ended"; readonly session: Id<"session">; readonly reason: EndReason; readonly counts: object }
  | {
      readonly event: "certificate";
      /** Null when a person on this host accepted it. */
      readonly session: Id<"session"> | null;
      readonly service: Id<"service">;
      readonly seen: CertificateSeen;
      readonly fingerprint: string;
    }
  /** Dialled for a test, by order of the authority; `service` is `address:port`. */
  | { readonly event: "reach"; readonly service: string; readonly reach: Reach }
  | { readonly event: "trust"; readonly version: number; readonly fingerprint: string }
  | { readonly event: "restored" };

export interface JournalOptions {
  readonly path: string;
  readonly now: () => Date;
  readonly log: ProgramLog;
}

/**
 * Append-only lines of JSON, durable before the call returns, in the file that stands at the path at that moment. When a
 * line can't be written the journal is not ready, and nothing goes on that must be recorded, until
 * {@link Journal.restore} has written again.
 */
export class Journal {
  readonly #o: JournalOptions;
  #file: number | undefined;
  #ready: boolean;

  constructor(o: JournalOptions) {
    this.#o = o;
    this.#ready = this.#attempt("");
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Whether a session may begin: its lines and the rows of its recording will find room. */
  get roomy(): boolean {
    return this.#ready && (this.room ?? 0) >= limits.recordRoomBytes;
  }

  /** Bytes that can still be written beside it; null where the system does not say. */
  get room(): number | null {
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#o.path));
      return Math.min(bavail * bsize, Number.MAX_SAFE_INTEGER);
    } catch {
      return null;
    }
  }

  /** Returns whether the line is on disk. */
  write(entry: JournalEntry): boolean {
    if (!this.#ready) return false;
    this.#ready = this.#attempt(`${JSON.stringify({ at: this.#o.now().toISOString(), ...entry })}\n`);
    return this.#ready;
  }

  /** Tries again after a failure. */
  restore(): void {
    if (this.#ready) return;
    const entry: JournalEntry = { event: "restored" };
    this.#ready = this.#attempt(`${JSON.stringify({ at: this.#o.now().toISOString(), ...entry })}\n`);
  }

  close(): void {
    this.#shut();
    this.#ready = false;
  }

  #shut(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #attempt(text: string): boolean {
    const { path } = this.#o;
    try {
      // Lines in a file that was moved or removed are found by nobody.
      if (this.#file !== undefined && !standsAt(this.#file, path)) this.#shut();
      let line = text;
      if (this.#file === undefined) {
        // A power cut or a full disk may have torn the last line: this one is not to be lost with it.
        if (isTorn(path)) line = `\n${text}`;
        this.#file = openSync(path, "a", 0o600);
      }
      const bytes = Buffer.from(line);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
      fsyncSync(this.#file);
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown";
      this.#o.log.error(
        { event: "agent.journal.unwritable", path, code },
        "the journal can't be written: no session can be served",
      );
      this.#shut();
      return false;
    }
  }
}

/** Whether an open file is the one at `path`. Throws what the system says of a path that can't be looked at. */
function standsAt(file: number, path: string): boolean {
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  const { dev, ino } = fstatSync(file, { bigint: true });
  return there?.dev === dev && there.ino === ino;
}

/** Whether the last line of a file is not whole. One that can't be read is not: whoever writes to it will say so. */
function isTorn(path: string): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
