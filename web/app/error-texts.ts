import type { TFunction } from "i18next";
import { type ErrorCode, isErrorCode } from "../../protocol/error.ts";
import type { DenyReason } from "../../protocol/reason.ts";
import { ja } from "../text/ja.ts";
import { ApiError } from "./http.ts";
import { PasskeyError } from "./passkey-error.ts";
import type { Locale } from "./time.ts";

type Text = TFunction<"page">;

/**
 * What a failure says to a person: a title, and lines with the reasons. Unknown things are named as they are. The
 * server's own detail is in English, so only the English page adds it.
 */
export function errorTexts(error: unknown, t: Text, locale: Locale): { title: string; lines: string[] } {
  if (error instanceof PasskeyError) {
    return { title: t(`passkey.${error.kind}`), lines: [t(`passkeyNext.${error.kind}`)] };
  }
  if (!(error instanceof ApiError)) {
    return { title: t("codes.error.internal"), lines: error instanceof Error ? [error.message] : [] };
  }
  const known: ErrorCode = isErrorCode(error.code) ? error.code : "internal";
  const lines = error.reasons.map((reason) => reasonText(reason, t));
  if (lines.length === 0 && error.detail && locale === "en") lines.push(error.detail);
  return { title: t(`codes.error.${known}`), lines };
}

/** A reason in words: a refusal of the ladder, or an error; what this page does not know is shown as it came. */
export function reasonText(reason: string, t: Text): string {
  if (Object.hasOwn(ja.codes.deny, reason)) return t(`codes.deny.${reason as DenyReason}`);
  return isErrorCode(reason) ? t(`codes.error.${reason}`) : reason;
}
