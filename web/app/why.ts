import { isErrorCode } from "../../protocol/error.ts";
import type { DenyReason } from "../../protocol/reason.ts";
import { en } from "../../text/en.ts";
import { ja } from "../../text/ja.ts";
import type { Locale } from "./time.ts";

/**
 * Why something was refused, as log and recording say it. What to do next is left out: that was said to whoever was
 * refused, and it is somebody else who reads it there. A reason that this page does not know is shown as it stands.
 */
export function whyText(reason: string, locale: Locale): string {
  const { refusals, errors } = locale === "ja" ? ja : en;
  if (Object.hasOwn(refusals, reason)) return refusals[reason as DenyReason];
  return isErrorCode(reason) ? errors[reason] : reason;
}
