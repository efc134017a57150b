/** Why a passkey step did not end: the person stopped it, it is known already, or the browser can't. */
export class PasskeyError extends Error {
  readonly kind: "stopped" | "known" | "unsupported" | "failed";

  constructor(kind: PasskeyError["kind"], cause: unknown) {
    super(kind, { cause });
    this.kind = kind;
  }
}
