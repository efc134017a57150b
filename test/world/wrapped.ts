import { join } from "node:path";
import { Program } from "../../bin/start/program.ts";

export const asRoot = process.getuid?.() === 0;

/** The same program, run by a command that takes the program's own as its last arguments and becomes it. */
export function wrapped({ options }: Program, ...command: readonly string[]): Program {
  const args = [...command, process.execPath, options.script, ...options.args];
  return new Program({ ...options, script: join(import.meta.dirname, "exec-child.ts"), args });
}
