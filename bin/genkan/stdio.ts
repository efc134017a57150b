import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { Socket } from "node:net";
import { isSea } from "node:sea";
import type { Writable } from "node:stream";
import type { Stdio } from "../../cli/stdio.ts";

/**
 * What another program has given this one. `process.stdout` can't be closed, and stops everything while its reader is slow;
 * this one can be, so that the reader sees an end of its own way while the other one goes on.
 */
export function stdio(): Stdio {
  return { input: process.stdin, output: bytesOut() };
}

/**
 * A pipe that does not block, as ssh's may not, is written to as a socket is: who writes to it as to a file is told EAGAIN when it is
 * full. What is no pipe is a file.
 */
function bytesOut(): Writable {
  try {
    return new Socket({ fd: 1, readable: false, writable: true });
  } catch {
    return createWriteStream("", { fd: 1 });
  }
}

/** The command that starts this program once more; as one executable it is its own script. */
export const self = (): string[] => [
  process.execPath,
  ...process.execArgv,
  ...(isSea() || process.argv[1] === undefined ? [] : [process.argv[1]]),
];

/** Runs a program on this terminal. Null when there is none of this name. */
export async function runHere(program: string, args: readonly string[]): Promise<number | null> {
  const child = spawn(program, args, { stdio: "inherit" });
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    // Ended by a signal, as a shell counts it.
    return code ?? 128;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
