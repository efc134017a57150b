import type { Writable } from "node:stream";
import { exitCodes } from "./exit-code.ts";

export interface OutputOptions {
  readonly out: Writable;
  readonly err: Writable;
  /** The one line about what failed. */
  readonly line: (problem: string) => string;
  /** Whether the verb goes on without its output: a session must not end because a line could not be written. */
  readonly goesOn: () => boolean;
  /** Ends the program; without a code, with that of the verb. */
  readonly exit: (code?: number) => void;
}

/**
 * Watches stdout and stderr for what can't be written. A reader that has gone (`genkan ls | head -1`) has what it
 * wanted: the program ends without a word. Anything else is told on stderr, once, and is a failure.
 */
export class Output {
  #failed = false;

  constructor({ out, err, line, goesOn, exit }: OutputOptions) {
    const lost = (stream: Writable, { code, message }: NodeJS.ErrnoException) => {
      const read = code === "EPIPE";
      if (!read && !this.#failed) {
        this.#failed = true;
        if (stream !== err) err.write(`${line(code ?? message)}\n`);
      }
      // Not at once: a verb that has just finished still has to set its exit code.
      if (!goesOn()) setImmediate(() => exit(read ? undefined : exitCodes.failed));
    };
    out.on("error", (error) => lost(out, error));
    err.on("error", (error) => lost(err, error));
  }

  /** The exit code of a verb, or that of a failure if part of what it said is lost. */
  codeOf(code: number): number {
    return this.#failed && code === exitCodes.done ? exitCodes.failed : code;
  }
}
