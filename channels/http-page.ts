import { sha256 } from "../crypto/thumbprint.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import type { ErrorCode } from "../protocol/error.ts";
import { agentPages as agentEn } from "../text/en/agent-page.ts";
import { endReasons as endEn } from "../text/en/end-reason.ts";
import { errors as errorEn } from "../text/en/error.ts";
import { nextSteps as nextEn } from "../text/en/next-step.ts";
import { agentPages as agentJa } from "../text/ja/agent-page.ts";
import { endReasons as endJa } from "../text/ja/end-reason.ts";
import { errors as errorJa } from "../text/ja/error.ts";
import { nextSteps as nextJa } from "../text/ja/next-step.ts";
import { type Language, said } from "../text/language.ts";
import type { NextSteps } from "../text/shape.ts";

/** A page that the agent itself shows in a session's place: what happened and what to do, in both languages. */
export interface Page {
  readonly status: number;
  readonly ja: readonly [title: string, todo: string];
  readonly en: readonly [title: string, todo: string];
  /** A stranger's text, such as the first line of a device's answer. It is shown as it is, apart from ours. */
  readonly quoted?: string;
}

const texts = {
  ja: { page: agentJa, end: endJa, error: errorJa, next: nextJa as NextSteps },
  en: { page: agentEn, end: endEn, error: errorEn, next: nextEn as NextSteps },
};

/**
 * What a code says, and how to go on from this tab: open it again, stay on the device, open what the
 * command line printed, or reload once it is mended.
 */
function pageOf(
  status: number,
  code: ErrorCode | "not-entered",
  goOn: "again" | "device" | "printed" | "reload",
): Page {
  const say = (language: Language): readonly [string, string] => {
    const { page, error, next } = texts[language];
    const here = page.next[goOn];
    if (code === "not-entered") return [page.title[code], here];
    const step = goOn === "reload" ? next[code] : undefined;
    return [error[code], step === undefined ? here : said(language, step, here)];
  };
  return { status, ja: say("ja"), en: say("en") };
}

export const pages = {
  "not-entered": pageOf(403, "not-entered", "again"),
  "proof-refused": pageOf(403, "proof-invalid", "again"),
  "foreign-origin": pageOf(403, "origin-refused", "device"),
  "other-host": pageOf(421, "host-mismatch", "again"),
  "other-name": pageOf(421, "host-mismatch", "printed"),
  "foreign-page": pageOf(403, "origin-refused", "printed"),
  "head-too-large": pageOf(431, "head-too-large", "reload"),
  "bad-request": pageOf(400, "bad-request", "device"),
  "too-large": pageOf(413, "body-too-large", "again"),
  "not-found": pageOf(404, "not-found", "device"),
  "device-unreachable": pageOf(502, "device-unreachable", "reload"),
  "device-untrusted": pageOf(502, "device-untrusted", "reload"),
  "certificate-changed": pageOf(502, "certificate-changed", "reload"),
  "target-not-listed": pageOf(403, "target-not-listed", "reload"),
} as const satisfies Record<string, Page>;

/** The page in place of an answer that the device did not give. */
export function pageOfFailure(code: ErrorCode): Page {
  return code === "target-not-listed" || code === "device-untrusted" || code === "certificate-changed"
    ? pages[code]
    : pages["device-unreachable"];
}

/** The page of a session that is over. */
export function endedPage(reason: EndReason): Page {
  const say = (language: Language): readonly [string, string] => {
    const { page, end } = texts[language];
    return [page.title.ended, said(language, end[reason], page.next.connect)];
  };
  return { status: 410, ja: say("ja"), en: say("en") };
}

const style = `
:root { color-scheme: light dark; font-family: "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f4f6f8, #14181c) }
main { max-width: 34rem; margin: 1rem; padding: 2rem; border-radius: 12px; background: light-dark(#fff, #1e242a);
  color: light-dark(#1c2733, #e6ebf0); border-top: 6px solid #c2571a }
h1 { font-size: 1.3rem; line-height: 1.5; margin: 0 0 .5rem } p { line-height: 1.8; margin: 0 }
pre { margin: 1.5rem 0 0; padding: .75rem 1rem; border-radius: 8px; background: light-dark(#f4f6f8, #14181c);
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem }
section + section { margin-top: 1.5rem; padding-top: 1.5rem; border-top: 1px solid light-dark(#dde3e9, #38424c) }
`;
const styleHash = Buffer.from(sha256(style), "base64url").toString("base64");

/** Nothing may run, load or frame here; the one style is known by its hash. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (one) => escapes[one] as string);

/** Beside texts of `text/` only {@link Page.quoted} stands in it. */
export function renderPage(page: Page): string {
  const quoted = page.quoted ? `<pre translate="no"><bdi>${escaped(page.quoted)}</bdi></pre>` : "";
  const section = (lang: string, [title, todo]: readonly [string, string]) =>
    `<section lang="${lang}"><h1>${title}</h1><p>${todo}</p></section>`;
  return `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${page.ja[0]} / ${page.en[0]}</title><style>${style}</style></head>
<body><main>${section("ja", page.ja)}${section("en", page.en)}${quoted}</main></body></html>
`;
}
