import { type Hello, normaliseHost } from "./client-hello.ts";

/**
 * Reads the Host of a plain HTTP/1.1 request head as it has arrived so far (RFC 9112, sections 3 and 5). Stricter than
 * the RFC where two readers could differ: exactly one Host, no folded line, no white space before the colon.
 */
export function parseHttpHost(bytes: Uint8Array): Hello {
  const text = Buffer.from(bytes).toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const [requestLine = "", ...fields] = text.slice(0, end < 0 ? text.length : end).split("\r\n");
  // A method of up to 16 letters: what can't become one any more is not HTTP, and need not be waited for.
  if (text !== "" && !/^[A-Z]{1,16}( |$)/.test(requestLine)) return "malformed";
  if (end < 0) return "more";
  if (!/^[A-Z]{1,16} \S+ HTTP\/1\.1$/.test(requestLine)) return "malformed";
  const hosts = [];
  for (const field of fields) {
    const match = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/.exec(field);
    if (!match) return "malformed";
    if (match[1]?.toLowerCase() === "host") hosts.push(match[2] ?? "");
  }
  if (hosts.length !== 1) return "malformed";
  const name = normaliseHost((hosts[0] ?? "").replace(/:\d{1,5}$/, ""));
  return name === undefined ? "malformed" : { name };
}
