import type { Framing } from "./http-body.ts";
import { ownHostCookie } from "./http-cookie.ts";
import { hopByHopOf, pairs, valuesOf } from "./http-field.ts";
import type { AnswerHead } from "./http-head.ts";
import { type Ends, forBrowser, ledBack, refreshedBack } from "./http-url.ts";

/** Of a device's answer, what would reach beyond its own host in the browser, or lead around the agent. */
const dropped = new Set([
  "alt-svc",
  "clear-site-data",
  "content-length",
  "nel",
  "public-key-pins",
  "report-to",
  "service-worker-allowed",
  "strict-transport-security",
]);

/** Whatever is asked for, these have no body and name no length (RFC 9110, section 8.6). */
const lengthless = new Set([101, 204, 205]);

/** Sign-in of the browser: both sides count on each byte. */
const verbatim = new Set(["www-authenticate", "authentication-info"]);

/** Fields for the browser: what the device sent, kept to this one host, with one length or none. */
export function answerFields({ status, fields }: AnswerHead, framing: Framing, ends: Ends): string[] {
  const between = hopByHopOf(fields);
  const out: string[] = [];
  for (const [name, value] of pairs(fields)) {
    const lower = name.toLowerCase();
    if (between.has(lower) || dropped.has(lower)) continue;
    const passed = passedValue(lower, value, ends);
    if (passed !== undefined) out.push(name, passed);
  }
  const [length = ""] = valuesOf(fields, "content-length");
  if (framing.kind === "length") out.push("Content-Length", String(framing.bytes));
  // What a body would have been long, in an answer that has none (HEAD, 304).
  else if (framing.kind === "none" && !lengthless.has(status) && /^\d{1,15}$/.test(length))
    out.push("Content-Length", length);
  return out;
}

function passedValue(lower: string, value: string, ends: Ends): string | undefined {
  if (lower === "set-cookie") return ownHostCookie(value);
  if (lower === "location") return ledBack(value, ends);
  if (lower === "refresh") return refreshedBack(value, ends);
  return verbatim.has(lower) ? value : forBrowser(value, ends);
}
