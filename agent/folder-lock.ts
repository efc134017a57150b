import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GenkanError } from "../protocol/error.ts";

const file = "agent.lock";

/**
 * Holds a data folder for one running agent: a second one would take the recordings of live sessions for what a crash
 * left. It is the system's own lock on an open file, which Node offers through SQLite alone: it ends with the process,
 * however that ends, and holds between containers that share the folder. The empty file stays, and means nothing.
 */
export class FolderLock {
  readonly #held: DatabaseSync;

  /** Throws `state-conflict` when an agent runs on this folder, `store-unavailable` when nothing can be locked there. */
  constructor(folder: string) {
    const path = join(folder, file);
    let held: DatabaseSync | undefined;
    try {
      make(path);
      held = new DatabaseSync(path);
      // Nothing is ever written, so no journal is to stand beside it.
      held.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
      this.#held = held;
    } catch (cause) {
      held?.close();
      if ((cause as { errcode?: number }).errcode === busy) {
        throw new GenkanError("state-conflict", "Another genkan-agent runs on this data folder.", { cause });
      }
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new GenkanError("store-unavailable", `This agent's data folder can't be locked: ${said}.`, { cause });
    }
  }

  release(): void {
    if (this.#held.isOpen) this.#held.close();
  }
}

/** SQLITE_BUSY. */
const busy = 5;

/** For this user alone, whom nobody else is to lock out. One that is there is not opened: closing it would end its lock. */
function make(path: string): void {
  try {
    closeSync(openSync(path, "ax", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
