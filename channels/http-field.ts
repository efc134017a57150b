/** Fields of a message in their order: name, value, name, value, … with case and repetition kept, as bytes in latin1. */
export type Fields = readonly string[];

export function* pairs(fields: Fields): Generator<[name: string, value: string]> {
  for (let at = 0; at + 1 < fields.length; at += 2) yield [fields[at] as string, fields[at + 1] as string];
}

/** All values of a field, in order. `wanted` in lower case. */
export function valuesOf(fields: Fields, wanted: string): string[] {
  return [...pairs(fields)].filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

/** The members of a field that is a list, in lower case. */
export function listOf(fields: Fields, wanted: string): string[] {
  return valuesOf(fields, wanted)
    .flatMap((value) => value.split(","))
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== "");
}

/** RFC 9110, section 7.6.1, and those of older clients: fields between two neighbours. `Connection` may name more. */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
] as const;

/** Names, in lower case, of the fields that are not passed on by whoever receives this message. */
export function hopByHopOf(fields: Fields): ReadonlySet<string> {
  return new Set([...hopByHop, ...listOf(fields, "connection")]);
}
