import type { LogEventAt, LogLevel } from "./log-event.ts";

/** What a line tells beside its sentence: the name of its event, and facts. Never a secret. */
interface Told<L extends LogLevel> {
  readonly event: LogEventAt<L>;
  readonly [fact: string]: unknown;
}

/** What parts need of a logger. `bin/` constructs it and hands it down; it knows no line without an event's name. */
export interface Log {
  debug(told: Told<"debug">, message: string): void;
  info(told: Told<"info">, message: string): void;
  warn(told: Told<"warn">, message: string): void;
  error(told: Told<"error">, message: string): void;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
