import { execFile } from "node:child_process";
import { join } from "node:path";

/** What people start. */
export const program = join(import.meta.dirname, "../../../bin/genkan.ts");

/** The environment of somebody whose command line keeps its files under `path`. */
export function environment(path: string): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], GENKAN_CONFIG_DIR: join(path, "cli"), LC_ALL: "C" };
}

/** Runs a line of bash, in which `genkan` is the program. */
export function shell(script: string, env: NodeJS.ProcessEnv): Promise<{ out: string; err: string }> {
  const genkan = `genkan() { "${process.execPath}" "${program}" "$@"; }`;
  return new Promise((resolve) => {
    execFile("bash", ["--norc", "-c", `${genkan}; ${script}`], { env }, (_error, out, err) => resolve({ out, err }));
  });
}
