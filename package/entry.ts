import { globSync, statSync } from "node:fs";
import { join } from "node:path";

/** A file of a package: where it is installed, and a file on this machine or the text that it holds. */
export interface Entry {
  /** Absolute, on the machine on which the package is installed. */
  readonly path: string;
  /** 0o755 for what is run, 0o644 for all else. */
  readonly mode: number;
  readonly content: { readonly file: string } | { readonly bytes: string | Buffer };
}

/** Names of the files below `folder`, relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  return globSync("**/*", { cwd: folder })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
}
