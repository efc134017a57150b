import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { getAssetKeys, getRawAsset, isSea } from "node:sea";

/** What packaging puts into the authority's file, or beside it: name of the pages' folder and of SQLite's library. */
export const pagesName = "web";
export const sqliteLibrary = "better_sqlite3.node";

/** Where the files of this process were unpacked to; nobody else may look into it. */
let unpacked: string | undefined;

/**
 * A file or folder that belongs to a program in one file: as it lies beside the program where a package was installed, else
 * unpacked from the program itself for as long as it runs. Undefined in a checkout, where nothing is packed.
 */
export function packed(name: string): string | undefined {
  if (!isSea()) return undefined;
  const beside = join(dirname(process.execPath), name);
  return existsSync(beside) ? beside : unpack(name);
}

function unpack(name: string): string {
  unpacked ??= temporaryFolder();
  for (const key of getAssetKeys().filter((one) => one === name || one.startsWith(`${name}/`))) {
    const path = join(unpacked, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(getRawAsset(key)));
  }
  return join(unpacked, name);
}

function temporaryFolder(): string {
  // Its name can't be guessed and its rights are its owner's alone: what is loaded from it is code.
  const folder = mkdtempSync(join(tmpdir(), "genkan-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
