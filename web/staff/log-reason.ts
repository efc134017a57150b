import { isErrorCode } from "../../protocol/error.ts";
import type { DenyReason } from "../../protocol/reason.ts";
import { en } from "../../text/en.ts";
import { ja } from "../../text/ja.ts";
import type { Locale } from "../app/time.ts";

/**
 * Why the log says that something was refused. What to do next is left out: that was said to whoever was refused, and it
 * is somebody else who reads the log. A reason that this page does not know is shown as it stands.
 */
export function logReason(reason: string, locale: Locale): string {
  const { refusals, errors } = locale === "ja" ? ja : en;
  if (Object.hasOwn(refusals, reason)) return refusals[reason as DenyReason];
  return isErrorCode(reason) ? errors[reason] : reason;
}
