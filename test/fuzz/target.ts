import type { Shape } from "./shape/shape.ts";

/** What a parser made of an input: `accepted`, or the code (or documented verdict) of its refusal. */
export type Verdict = string;
export const accepted = "accepted";

/** A target that is ready to be fed. */
export interface Run {
  /**
   * Feeds one input. Returns a verdict; a GenkanError counts as its code. Anything else that is thrown is a crash, and so
   * is a verdict that the target does not name.
   */
  execute(input: Buffer): Verdict | Promise<Verdict>;
  close?(): void | Promise<void>;
}

/** One parser of ours under fuzz. */
export interface Target {
  /** Also the folder of its corpus. */
  readonly name: string;
  /** Files whose parser this is. */
  readonly parsers: readonly string[];
  /** What holds for an input that is accepted, beyond that it is. */
  readonly holds: string;
  /** How inputs are made from others. */
  readonly shape: Shape;
  /** Tokens that the parser knows. */
  readonly words?: readonly string[];
  /** Every refusal that it may give. */
  readonly verdicts: readonly string[];
  /** Inputs that are under way at once, each in a run of its own, where a run mostly waits; one unless told. */
  readonly lanes?: number;
  /** Executions of `npm test`; 2,000 unless the target is too slow for that. */
  readonly replayed?: number;
  /** Longest input in bytes; 65,536 unless told. */
  readonly most?: number;
  /** Honest inputs by name, which `--seeds` writes into the corpus where they are missing. */
  seeds(): Record<string, Uint8Array | string> | Promise<Record<string, Uint8Array | string>>;
  open(): Run | Promise<Run>;
}

/** A target's row in the table of README.md. */
export function listed({ name, parsers, holds }: Target): string {
  return `| ${name} | ${parsers.map((parser) => parser.replaceAll("|", "\\|")).join("<br>")} | ${holds} |`;
}

/** An accepted input broke what the target says holds. */
export class Violation extends Error {
  override readonly name = "Violation";
}

export function hold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Violation(what);
}
