import { spawn } from "node:child_process";

export interface CommandResult {
  readonly code: number | null;
  /** Both streams as they came. */
  readonly output: string;
  readonly ms: number;
}

/** Runs a command to its end; `onLine` sees each line of its standard output as it comes. */
export function run(command: string, args: readonly string[], onLine?: (line: string) => void): Promise<CommandResult> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } });
    let output = "";
    let rest = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine?.(line);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output, ms: Math.round(performance.now() - began) }));
  });
}

/** The same for a tool of `node_modules/.bin`, by this very Node. */
export const runScript = (script: string, args: readonly string[], onLine?: (line: string) => void) =>
  run(process.execPath, [script, ...args], onLine);
