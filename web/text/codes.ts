import type { ErrorCode } from "../../protocol/error.ts";
import type { DenyReason } from "../../protocol/reason.ts";
import type { ja } from "../../text/ja.ts";
import { type Language, said } from "../../text/language.ts";
import type { NextSteps, SameShape } from "../../text/shape.ts";

/** The codes of the protocol as a page says them: what happened, and at once what to do about it. */
export function codesOf(language: Language, texts: SameShape<typeof ja>) {
  const next: NextSteps = texts.nextSteps;
  const withNext = <Code extends ErrorCode | DenyReason>(set: Readonly<Record<Code, string>>) => {
    const all = Object.entries(set) as [Code, string][];
    return Object.fromEntries(all.map(([code, what]) => [code, said(language, what, next[code])])) as typeof set;
  };
  return { end: texts.endReasons, deny: withNext(texts.refusals), error: withNext(texts.errors) };
}
