import { execFile } from "node:child_process";
import { chmodSync, copyFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Node says with these where it looks for a program inside of itself (nodejs.org/api/single-executable-applications). */
const blobName = "NODE_SEA_BLOB";
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";
const injector = join(import.meta.dirname, "../node_modules/postject/dist/cli.js");

export interface SingleFile {
  /** The bundled program, CommonJS. */
  readonly script: string;
  /** Node itself, of the platform that the file is for. */
  readonly node: string;
  /** What the program reads or unpacks from itself: name → file. */
  readonly assets: Readonly<Record<string, string>>;
  readonly output: string;
}

/** Writes one file that is program and Node at once. The same input gives the same bytes. */
export async function writeSingleFile({ script, node, assets, output }: SingleFile): Promise<void> {
  const config = `${output}.json`;
  const blob = `${output}.blob`;
  try {
    // The script's path goes into the file, so it is named from where it lies.
    writeFileSync(config, JSON.stringify({ main: basename(script), output: blob, assets, ...fixed }));
    await execute(process.execPath, ["--experimental-sea-config", config], { cwd: dirname(script) });
    copyFileSync(node, output);
    await execute(process.execPath, [injector, output, blobName, blob, "--sentinel-fuse", fuse]);
    chmodSync(output, 0o755);
  } finally {
    rmSync(config, { force: true });
    rmSync(blob, { force: true });
  }
}

const fixed = {
  disableExperimentalSEAWarning: true,
  // Both would be bound to this machine's processor, and not the same twice.
  useSnapshot: false,
  useCodeCache: false,
  // Who may set a program's environment may not have it load a script of theirs (NODE_OPTIONS).
  execArgvExtension: "none",
};
