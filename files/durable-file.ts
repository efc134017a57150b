import { closeSync, fsyncSync, ftruncateSync, linkSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { randomToken } from "../crypto/random.ts";
import { GenkanError } from "../protocol/error.ts";

/**
 * Replaces a file in one step: after a crash it holds the old or the new bytes, whole. Mode 0600. With `many` writers, who
 * don't know of each other, each has a draft of its own; the last one counts. Throws `store-unavailable` when it can't be
 * written; the old one stays.
 */
export function replaceFile(path: string, bytes: string | Uint8Array, writers: "one" | "many" = "one"): void {
  new FileDraft(path, 0, writers).keep(bytes);
}

/**
 * Makes a file that is not there yet, whole or not at all, and never takes the place of one that is. Mode 0600. False when
 * there is one. Throws `store-unavailable` when it can't be written.
 */
export function createFile(path: string, bytes: string | Uint8Array): boolean {
  return new FileDraft(path, 0, "many").keepNew(bytes);
}

/**
 * The same of what is longer than memory should hold. Throws `state-conflict` where there is a file already; the system's own
 * error for a full disk, and what reading `content` throws.
 */
export async function createFrom(path: string, content: Readable): Promise<void> {
  if (await stat(path).catch(() => null)) throw new GenkanError("state-conflict", `There is a file already: ${path}`);
  const draft = `${path}.part`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(draft, path);
    syncFolder(dirname(path));
  } catch (error) {
    await file.close().catch(() => {});
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Room beside a file for what will replace it, taken before the bytes are known: whoever has it may do what can't be undone.
 * One call of `keep`, `keepNew` or `discard` ends it. Each way, and after a crash, the file holds the old or the new bytes,
 * whole.
 */
export class FileDraft {
  readonly #path: string;
  readonly #draft: string;
  readonly #file: number;

  /** Takes room for `bytes`. Throws `store-unavailable`. */
  constructor(path: string, bytes: number, writers: "one" | "many" = "one") {
    this.#path = path;
    this.#draft = writers === "one" ? `${path}.new` : `${path}.${randomToken(8)}.new`;
    this.#file = told(() => openSync(this.#draft, "w", 0o600));
    if (bytes > 0) this.#write(Buffer.alloc(bytes, " "));
  }

  /** Throws `store-unavailable` when it can't be written; the old one stays. */
  keep(bytes: string | Uint8Array): void {
    this.#finish(bytes, () => renameSync(this.#draft, this.#path));
  }

  /** False when something has the name by now, and stays. Throws `store-unavailable` when it can't be written. */
  keepNew(bytes: string | Uint8Array): boolean {
    return this.#finish(bytes, () => linked(this.#draft, this.#path));
  }

  discard(): void {
    closeSync(this.#file);
    rmSync(this.#draft, { force: true });
  }

  #finish<T>(bytes: string | Uint8Array, place: () => T): T {
    this.#write(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    return told(() => {
      try {
        closeSync(this.#file);
        const placed = place();
        syncFolder(dirname(this.#path));
        return placed;
      } finally {
        rmSync(this.#draft, { force: true });
      }
    });
  }

  /** These bytes and nothing behind them. */
  #write(content: Uint8Array): void {
    try {
      told(() => {
        for (let at = 0; at < content.length; ) at += writeSync(this.#file, content, at, content.length - at, at);
        ftruncateSync(this.#file, content.length);
        fsyncSync(this.#file);
      });
    } catch (error) {
      this.discard();
      throw error;
    }
  }
}

/** Unlike a rename it never takes a file's place. A file system without hard links can only replace. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)) throw error;
    renameSync(draft, path);
  }
  return true;
}

function told<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
    throw new GenkanError("store-unavailable", `A file can't be written: ${code}.`, { cause });
  }
}

/** So that a name that was given, or taken, is still so after a power cut. Windows opens no folder, and needs none of it. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
