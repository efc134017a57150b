import { spawnCommand } from "./group.ts";

export interface CommandResult {
  readonly code: number | null;
  /** Both streams as they came. */
  readonly output: string;
  readonly ms: number;
}

export interface CommandOptions {
  /** Sees each line of its standard output as it comes. */
  readonly onLine?: (line: string) => void;
  /** Beside this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  /** Folder to run in, where it is not this process's own. */
  readonly cwd?: string;
  /** Sees each piece of either stream as it comes. */
  readonly onOutput?: (chunk: string) => void;
  /** What asks it to end when this process is ended; SIGTERM unless told. Asked by another one it is waited for. */
  readonly ends?: NodeJS.Signals;
}

/** Runs a command to its end. */
export function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: "1", ...options.environment };
    const stdio = ["pipe", "pipe", "pipe"] as const;
    const child = spawnCommand(command, args, { stdio: [...stdio], env, cwd: options.cwd }, options.ends);
    // A command that does not read its input may close it early.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input ?? "");
    let output = "";
    let rest = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      options.onOutput?.(chunk.toString());
      const lines = (rest + chunk.toString()).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) options.onLine?.(line);
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      options.onOutput?.(chunk.toString());
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output, ms: Math.round(performance.now() - began) }));
  });
}

/** The same for a tool of `node_modules/.bin`, by this very Node. */
export const runScript = (script: string, args: readonly string[], options?: CommandOptions) =>
  run(process.execPath, [script, ...args], options);
