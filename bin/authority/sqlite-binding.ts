import { GenkanError } from "../../protocol/error.ts";
import { packed, sqliteLibrary } from "../packed.ts";

let loaded: object | undefined;

/**
 * Loads SQLite where the authority is one file: the bundler puts this in place of better-sqlite3's own search, which would
 * look in a `node_modules` that is not there. Throws `store-unavailable` where the folder forbids programs.
 */
export function getBinding(): object {
  loaded ??= load(packed(sqliteLibrary));
  return loaded;
}

function load(file: string | undefined): object {
  if (file === undefined) throw new GenkanError("store-unavailable", "This program was not packaged with SQLite.");
  const addon: { exports: object } = { exports: {} };
  try {
    process.dlopen(addon, file);
  } catch (error) {
    const detail = `SQLite can't be loaded from ${file}. Where that folder forbids programs (noexec), set TMPDIR to another.`;
    throw new GenkanError("store-unavailable", detail, { cause: error });
  }
  return addon.exports;
}
