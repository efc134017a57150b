import type { Writable } from "node:stream";
import { type AuditProblem, auditProblems } from "../protocol/audit-export.ts";
import { type EndReason, endReasons } from "../protocol/end-reason.ts";
import { errors, GenkanError } from "../protocol/error.ts";
import { exitCodes } from "./exit-code.ts";
import { auditTexts, endTexts, failures, nextSteps, reasonTexts } from "./failure-texts.ts";
import { fit } from "./format.ts";
import { fill, type Language, type MessageKey, messages, type Values } from "./messages.ts";
import { UsageError } from "./usage-error.ts";

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
    return fill(messages[key][this.#options.language], values);
  }

  endText(reason: EndReason): string {
    return this.#options.language === "ja" ? endTexts[reason] : endReasons[reason];
  }

  auditText(problem: AuditProblem): string {
    return this.#options.language === "ja" ? auditTexts[problem] : auditProblems[problem];
  }

  /** A result: the object for programs, the lines for people. */
  result(value: object, lines: readonly string[]): void {
    if (this.json) this.#options.out.write(`${JSON.stringify(value)}\n`);
    else for (const line of lines) this.#options.out.write(`${clean(line)}\n`);
  }

  /** Something on the way: the object for programs, the line (on stderr) for people. */
  event(value: object, line: string): void {
    if (this.json) this.#options.out.write(`${JSON.stringify(value)}\n`);
    else this.note(line);
  }

  note(line: string): void {
    if (this.json) return;
    this.#clearStatus();
    this.#options.err.write(`${clean(line)}\n`);
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
    else this.note(this.failure(error));
    return usage ? exitCodes.usage : exitCodes.failed;
  }

  /** One line: what failed, why, and what to do next. */
  failure(error: unknown): string {
    const { language } = this.#options;
    if (error instanceof UsageError) return this.text("error", { what: this.text(error.key, error.values) });
    if (!(error instanceof GenkanError)) {
      return this.text("unexpected", { detail: error instanceof Error ? error.message : String(error) });
    }
    const parts = [language === "ja" ? failures[error.code] : errors[error.code].title];
    if (error.reasons.length > 0) {
      const texts = error.reasons.map((reason) =>
        Object.hasOwn(reasonTexts, reason) ? reasonTexts[reason as keyof typeof reasonTexts][language] : reason,
      );
      parts.push(this.text("because", { reasons: texts.join(language === "ja" ? "、" : ", ") }));
    } else if (error.detail) parts.push(error.detail);
    const next = nextSteps[error.code]?.[language];
    if (next) parts.push(next);
    return this.text("error", { what: parts.join(" ") });
  }

  #failureObject(error: unknown): { code: string; detail: string; reasons: readonly string[] } {
    if (error instanceof GenkanError) {
      return { code: error.code, detail: error.detail ?? errors[error.code].title, reasons: error.reasons };
    }
    if (error instanceof UsageError)
      return { code: "usage", detail: fill(messages[error.key].en, error.values), reasons: [] };
    return { code: "internal", detail: error instanceof Error ? error.message : String(error), reasons: [] };
  }

  #clearStatus(): void {
    if (this.#status) this.#options.err.write("\r\u001b[K");
    this.#status = false;
  }
}

/** Without control characters (C0, C1) and the marks that turn the direction of text (Unicode TR 9, section 2). */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "�");
}
