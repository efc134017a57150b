import { writeSync } from "node:fs";
import pino from "pino";
import type { ProgramLog } from "../protocol/program-log.ts";

/**
 * Where a daemon writes its lines. One that can't be written, because the disk is full or the reader has left, is lost, and
 * the daemon goes on: with it would go its sessions. Never throws.
 */
export class Output {
  readonly #descriptor: number;
  /** A line may stand there in part, so the next begins a new one. */
  #torn = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** `line` ends with a line feed. */
  write(line: string): void {
    const bytes = Buffer.from(this.#torn ? `\n${line}` : line);
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(this.#descriptor, bytes, at);
      this.#torn = false;
    } catch {
      this.#torn ||= at > 0;
    }
  }
}

/** A daemon's log, on its standard error. */
export function openProgramLog(program: string): ProgramLog {
  return pino({ level: "info", base: { program } }, new Output(2));
}

/** Tells of a noteworthy event: one JSON line on the standard output. */
export function openEvents(): (event: object) => void {
  const output = new Output(1);
  return (event) => output.write(`${JSON.stringify(event)}\n`);
}
