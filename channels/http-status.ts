import { STATUS_CODES } from "node:http";

/** ASCII: of other bytes nobody knows what they stand for (RFC 9112, section 4). */
const sendable = /^[\t\x20-\x7e]*$/;

/**
 * The phrase behind the status of a device's answer, for the browser: the device's own, or the standard one where that
 * can't be sent on. Devices write it in their language, in bytes that stand for no character of a status line.
 */
export function reasonPhrase(status: number, own: string | undefined): string {
  return own !== undefined && sendable.test(own) ? own : (STATUS_CODES[status] ?? "");
}
