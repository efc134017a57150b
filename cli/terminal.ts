import type { Writable } from "node:stream";
import { styleText } from "node:util";
import { type ErrorCode, errors, GenkanError, isErrorCode } from "../protocol/error.ts";
import type { DenyReason } from "../protocol/reason.ts";
import { en } from "../text/en.ts";
import { ja } from "../text/ja.ts";
import { type Language, said } from "../text/language.ts";
import type { NextSteps, SameShape } from "../text/shape.ts";
import { exitCodes } from "./exit-code.ts";
import { fit } from "./format.ts";
import { type MessageKey, messages } from "./messages.ts";
import { nextCommands } from "./next-command.ts";
import { fill, type Text, type Values } from "./text.ts";
import { UsageError } from "./usage-error.ts";

/** What a line is about; a colour where the stream has some, and nobody has set NO_COLOR. */
export type Tone = "plain" | "title" | "good" | "warn" | "bad";
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

const styles = { title: "bold", good: "green", warn: "yellow", bad: "red" } as const;

export interface TerminalOptions {
  readonly out: Writable;
  readonly err: Writable;
  /** Whether `err` is a terminal, on which a line may be rewritten. */
  readonly live: boolean;
  /** Width of that terminal now: a line that wraps can't be rewritten. */
  readonly columns: () => number;
  readonly json: boolean;
  readonly language: Language;
}

/**
 * What the command line says. Results go to stdout, everything else to stderr; with `--json` only objects, one a line,
 * on stdout. Text from elsewhere is cleaned first: a device's name must not move somebody's cursor.
 */
export class Terminal {
  readonly #options: TerminalOptions;
  #status = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  get json(): boolean {
    return this.#options.json;
  }

  get live(): boolean {
    return this.#options.live && !this.#options.json;
  }

  text(key: MessageKey, values?: Values): string {
    return fill(messages[key], this.#options.language, values);
  }

  say(text: Text): string {
    return text[this.#options.language];
  }

  /** What codes say in this language, as pages and agent say it too. */
  get codes(): SameShape<typeof ja> {
    return this.#options.language === "ja" ? ja : en;
  }

  /** A result: the object for programs, the lines for people. */
  result(value: object, lines: readonly (string | Line)[]): void {
    if (this.json) this.#options.out.write(`${JSON.stringify(value)}\n`);
    else for (const line of lines) this.#options.out.write(`${painted(line, this.#options.out)}\n`);
  }

  /** Something on the way: the object for programs, the line (on stderr) for people. */
  event(value: object, line: string | Line): void {
    if (this.json) this.#options.out.write(`${JSON.stringify(value)}\n`);
    else this.note(line);
  }

  note(line: string | Line): void {
    if (this.json) return;
    this.#clearStatus();
    this.#options.err.write(`${painted(line, this.#options.err)}\n`);
  }

  /** For a screen that is shown again and again; nothing where it can't be. */
  clearScreen(): void {
    if (!this.json && "isTTY" in this.#options.out && this.#options.out.isTTY === true)
      this.#options.out.write("\u001b[H\u001b[2J");
  }

  bell(): void {
    if (this.live) this.#options.err.write("\u0007");
  }

  /** One line that is rewritten; nothing where that can't be done. */
  status(line: string): void {
    if (!this.live) return;
    this.#options.err.write(`\r${fit(clean(line), this.#options.columns() - 1)}\u001b[K`);
    this.#status = true;
  }

  /** Says what failed and what to do about it. Returns the exit code. */
  fail(error: unknown): number {
    const usage = error instanceof UsageError;
    if (this.json) this.#options.out.write(`${JSON.stringify({ error: this.#failureObject(error) })}\n`);
    else this.note({ text: this.failure(error), tone: "bad" });
    return usage ? exitCodes.usage : exitCodes.failed;
  }

  /** One line: what failed, why, and what to do next. */
  failure(error: unknown): string {
    const { language } = this.#options;
    if (error instanceof UsageError) return this.text("error", { what: this.text(error.key, error.values) });
    if (!(error instanceof GenkanError)) {
      return this.text("unexpected", { detail: error instanceof Error ? error.message : String(error) });
    }
    const { errors: texts } = this.codes;
    if (error.reasons.length > 0) {
      const why = error.reasons.map((reason) => this.#reasonText(reason));
      return this.text("error", { what: why.reduce((all, one) => said(language, all, one), texts[error.code]) });
    }
    const next = this.#nextStep(error.code);
    // The detail is the server's own, in English, so words stand apart there in Japanese too.
    if (error.detail === undefined) return this.text("error", { what: said(language, texts[error.code], next) });
    return this.text("error", { what: [texts[error.code], error.detail, next ?? ""].join(" ").trimEnd() });
  }

  #reasonText(reason: string): string {
    const { language } = this.#options;
    const { refusals, errors: texts } = this.codes;
    if (isDenyReason(reason)) return said(language, refusals[reason], this.#nextStep(reason));
    return isErrorCode(reason) ? said(language, texts[reason], this.#nextStep(reason)) : reason;
  }

  #nextStep(code: ErrorCode | DenyReason): string | undefined {
    const steps: NextSteps = this.codes.nextSteps;
    return nextCommands[code]?.[this.#options.language] ?? steps[code];
  }

  #failureObject(error: unknown): { code: string; detail: string; reasons: readonly string[] } {
    if (error instanceof GenkanError) {
      return { code: error.code, detail: error.detail ?? errors[error.code].title, reasons: error.reasons };
    }
    if (error instanceof UsageError)
      return { code: "usage", detail: fill(messages[error.key], "en", error.values), reasons: [] };
    return { code: "internal", detail: error instanceof Error ? error.message : String(error), reasons: [] };
  }

  #clearStatus(): void {
    if (this.#status) this.#options.err.write("\r\u001b[K");
    this.#status = false;
  }
}

const isDenyReason = (text: string): text is DenyReason => Object.hasOwn(ja.refusals, text);

/** A line as `stream` shows it: styleText asks the stream, NO_COLOR and FORCE_COLOR. Text is cleaned before it is painted. */
function painted(line: string | Line, stream: Writable): string {
  const { text, tone } = typeof line === "string" ? { text: line, tone: "plain" as const } : line;
  return tone === "plain" ? clean(text) : styleText(styles[tone], clean(text), { stream });
}

/** Without control characters (C0, C1) and the marks that turn the direction of text (Unicode TR 9, section 2). */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "�");
}
