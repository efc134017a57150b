import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** SHA-256 of a file, in hexadecimal as `sha256sum` writes it. */
export const sha256Of = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

/** What `sha256sum --check` reads: a line for each file of `folder` that is named. */
export const sumsOf = (folder: string, names: readonly string[]): string =>
  [...names]
    .sort()
    .map((name) => `${sha256Of(join(folder, name))}  ${name}\n`)
    .join("");
