import { sha256 } from "../crypto/thumbprint.ts";
import { limits } from "../protocol/limits.ts";
import type { Oddity } from "../protocol/oddity.ts";
import type { RecordEntry } from "../protocol/recording.ts";
import type { Tap } from "./channel.ts";

/** What of a target is recorded of each value: that it was there. */
const redacted = "*";

/**
 * A request's target as a recording keeps it: without values, which may be secrets or name patients, neither behind `?` nor
 * behind `;` in a path (session ids stand there). One that is longer than {@link limits.recordPathCharacters} is cut and
 * marked with the SHA-256 of the whole, in base64url, so that two long ones can be told apart.
 */
export function recordedPath(target: string): string {
  const [path = "", ...query] = target.split("?");
  const named = query.join("?").replace(/=[^&;]*/g, `=${redacted}`);
  const whole = path.replace(/(;[^/=;]*=)[^/;]*/g, `$1${redacted}`) + (query.length > 0 ? `?${namedOnly(named)}` : "");
  if (whole.length <= limits.recordPathCharacters) return whole;
  const mark = `… sha256:${sha256(whole)}`;
  return whole.slice(0, limits.recordPathCharacters - mark.length) + mark;
}

/** A part without `=` is a value by itself, as in `/cgi-bin/show?patient`. */
const namedOnly = (query: string) => query.replace(/(^|[&;])[^&;=]+(?=$|[&;])/g, `$1${redacted}`);

/** The row of one request, which is open until it is over. */
export class HttpRow {
  status = 0;
  readonly odd = new Set<Oddity>();
  readonly #tap: Tap;
  readonly #close: (entry: RecordEntry) => void;
  readonly #begun = Date.now();
  readonly #of: { method: string; path: string; upgrade: string | null };
  readonly #total = { up: 0, down: 0 };

  constructor(tap: Tap, req: { method?: string | undefined; url?: string | undefined }, upgrade: string | null) {
    this.#tap = tap;
    this.#close = tap.row();
    this.#of = { method: req.method ?? "", path: recordedPath(req.url ?? ""), upgrade };
  }

  count(direction: "up" | "down", bytes: number): void {
    this.#total[direction] += bytes;
    this.#tap.count(direction, bytes);
  }

  /** Whoever calls it first has the last word. */
  close(): void {
    const at = new Date(this.#begun).toISOString();
    const ms = Math.max(0, Date.now() - this.#begun);
    this.#close({ kind: "http", at, ...this.#of, status: this.status, ...this.#total, ms, odd: [...this.odd] });
  }
}
