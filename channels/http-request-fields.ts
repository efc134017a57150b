import { mayReachDevice } from "./http-claim.ts";
import { withoutOwnCookie } from "./http-cookie.ts";
import { type Fields, hopByHopOf, pairs } from "./http-field.ts";
import { type Ends, forDevice } from "./http-url.ts";

/** These two are made anew for the device; a browser writes them in this case. */
const ofEachConnection = new Set(["host", "content-length", "expect"]);

/** A signature over what it says, or a secret: not a place that names hosts. */
const verbatim = new Set(["authorization"]);

/**
 * The fields of a request as the device gets them, in the browser's order and case: those of {@link mayReachDevice}, less
 * hop-by-hop fields and the agent's own cookie, with the device's own name wherever the access host is named. Host and
 * Connection come first, as in a browser's. `length` of the body, in bytes; null if it is sent in chunks; undefined if
 * there is none.
 */
export function requestFields(
  fields: Fields,
  ends: Ends,
  o: { connection: string; length: number | null | undefined },
): string[] {
  const between = hopByHopOf(fields);
  const out = ["Host", ends.device, "Connection", o.connection];
  if (typeof o.length === "number") out.push("Content-Length", String(o.length));
  if (o.length === null) out.push("Transfer-Encoding", "chunked");
  for (const [name, value] of pairs(fields)) {
    const lower = name.toLowerCase();
    if (ofEachConnection.has(lower) || between.has(lower) || !mayReachDevice(name)) continue;
    if (lower === "cookie") {
      const rest = withoutOwnCookie(value);
      if (rest !== "") out.push(name, rest);
    } else {
      out.push(name, verbatim.has(lower) ? value : forDevice(value, ends));
    }
  }
  return out;
}
