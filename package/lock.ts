import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What package-lock.json pins of a package: its version, and the hash of its archive (`sha512-` and base64). */
export interface Locked {
  readonly version: string;
  readonly integrity: string;
}

/** Throws where the lock has no such package. */
export function lockedPackage(root: string, name: string): Locked {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { version: string; integrity?: string } | undefined>;
  };
  const locked = lock.packages[`node_modules/${name}`];
  if (locked?.integrity === undefined) throw new Error(`package-lock.json pins no ${name}.`);
  return { version: locked.version, integrity: locked.integrity };
}
