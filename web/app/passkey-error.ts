/**
 * Why a passkey step did not end: nothing was made; nothing was signed, which a browser tells alike whether somebody
 * cancelled or no passkey was there; it is known already; or the browser can't.
 */
export class PasskeyError extends Error {
  readonly kind: "stopped" | "unanswered" | "known" | "unsupported" | "failed";

  constructor(kind: PasskeyError["kind"], cause: unknown) {
    super(kind, { cause });
    this.kind = kind;
  }
}
