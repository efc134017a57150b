import { STATUS_CODES } from "node:http";

/** What node sends on in a status line: a tab, and what RFC 9112, section 4, allows there. */
const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The phrase behind the status of a device's answer, for the browser: the device's own, or the standard one where that
 * can't be sent on. Devices write it in their language, in bytes that stand for no character of a status line.
 */
export function reasonPhrase(status: number, own: string | undefined): string {
  return own !== undefined && sendable.test(own) ? own : (STATUS_CODES[status] ?? "");
}
