import { execFile } from "node:child_process";
import { appendFileSync } from "node:fs";
import { basename, join } from "node:path";
import { message, StartError } from "./message.ts";
import { root } from "./program.ts";

/** Options of a command: `true` for a bare one, a list for one that takes several values. */
export type CommandOptions = Readonly<Record<string, string | true | readonly string[]>>;

/** `"gateway add", {"--name": "a"}` as arguments. */
export function commandLine(command: string, options: CommandOptions): string[] {
  const flags = Object.entries(options).flatMap(([name, value]) => (value === true ? [name] : [name, value].flat()));
  return [...command.split(" ").filter((word) => word !== ""), ...flags];
}

/** A command of a program that should answer at once. */
const callMs = 60_000;

/**
 * Runs a program's command to its end and returns the JSON object that it printed. `launch` is the command that puts it
 * into its place. Throws a {@link StartError} with what it wrote to its standard error.
 */
export function callProgram(
  script: string,
  command: string,
  options: CommandOptions,
  logFolder: string,
  launch: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>>> {
  const name = basename(script, ".ts");
  const [file, ...before] = [...launch, process.execPath];
  return new Promise((resolve, reject) => {
    execFile(
      file,
      [...before, script, ...commandLine(command, options)],
      { timeout: callMs, cwd: root },
      (error, stdout, stderr) => {
        try {
          if (stderr !== "") appendFileSync(join(logFolder, `${name}.log`), stderr);
        } catch (failure) {
          return reject(failure);
        }
        const reply = lastObject(stdout);
        if (error === null && reply !== undefined) return resolve(reply);
        const said = (stderr.trim() || stdout.trim() || (error?.message ?? "")).split("\n").slice(-8).join("\n");
        reject(new StartError(message(`${name} ${command} が失敗しました。`, `${name} ${command} failed.`), said));
      },
    );
  });
}

function lastObject(text: string): Record<string, unknown> | undefined {
  for (const line of text.trim().split("\n").reverse()) {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
    } catch {
      // Not this line.
    }
  }
  return undefined;
}
