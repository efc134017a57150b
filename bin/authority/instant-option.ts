import { GenkanError } from "../../protocol/error.ts";

/** A time says its zone: this host's own would be a guess. Throws `bad-request`. */
export function parseInstant(text: string): Date {
  const at = new Date(text);
  if (!/T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime()))
    throw new GenkanError("bad-request", `${text} is no time with its zone, such as 2026-04-01T00:00:00+09:00.`);
  return at;
}
