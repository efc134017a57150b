import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { GenkanError } from "../../protocol/error.ts";

/**
 * Writes a file that is there whole or not at all: beside its place, for its owner alone, synced, and then renamed. Throws
 * `state-conflict` where there is one already, for it may be the only good backup; the system's own error for a full disk.
 */
export async function writeWhole(path: string, content: Readable): Promise<void> {
  if (await stat(path).catch(() => null)) throw new GenkanError("state-conflict", `There is a file already: ${path}`);
  const part = `${path}.part`;
  const file = await open(part, "w", 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(part, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await file.close().catch(() => {});
    await rm(part, { force: true });
    throw error;
  }
}

/** So that a name that was given, or taken, is still so after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
