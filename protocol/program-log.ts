import type { ProgramEventAt, ProgramLogLevel } from "./program-event.ts";

/** What a line tells beside its sentence: the name of its event, and facts. Never a secret. */
interface Told<L extends ProgramLogLevel> {
  readonly event: ProgramEventAt<L>;
  readonly [fact: string]: unknown;
}

/** What parts need of a logger. `bin/` constructs it and hands it down; it knows no line without an event's name. */
export interface ProgramLog {
  debug(told: Told<"debug">, message: string): void;
  info(told: Told<"info">, message: string): void;
  warn(told: Told<"warn">, message: string): void;
  error(told: Told<"error">, message: string): void;
}

export const silentProgramLog: ProgramLog = { debug() {}, info() {}, warn() {}, error() {} };
