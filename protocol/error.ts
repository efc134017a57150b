/**
 * Every failure that can cross a boundary: the API answers them as problem details (RFC 9457, `type` is
 * `urn:genkan:error:<code>`), links and agents carry the code alone. `docs/errors.md` says what to do about each;
 * a test holds the two together.
 */
export const errors = {
  "bad-request": { status: 400, title: "The request is malformed." },
  "body-too-large": { status: 413, title: "The request body is too large." },
  "media-type-refused": { status: 415, title: "The request body has the wrong media type." },
  unauthenticated: { status: 401, title: "Sign in first." },
  "sign-in-failed": { status: 401, title: "Sign-in failed." },
  "enrolment-invalid": { status: 400, title: "This enrolment link is unknown, used or expired." },
  "ceremony-invalid": { status: 400, title: "This passkey ceremony is unknown, used, expired or failed." },
  "password-too-short": { status: 400, title: "The password is too short." },
  "totp-invalid": { status: 400, title: "The code is wrong or was used before." },
  "dpop-invalid": { status: 401, title: "The proof of possession is invalid." },
  "origin-refused": { status: 403, title: "The request comes from another origin." },
  denied: { status: 403, title: "The request is refused." },
  "not-found": { status: 404, title: "There is no such thing, or it is not yours to see." },
  "state-conflict": { status: 409, title: "It is no longer in the state that this needs." },
  "window-invalid": { status: 422, title: "The window is not possible." },
  "too-many": { status: 429, title: "Too many; wait and try again." },
  internal: { status: 500, title: "Something failed on our side." },
  "agent-unavailable": { status: 503, title: "The agent beside the device is not connected." },
  "gateway-unavailable": { status: 503, title: "No gateway is connected." },
  "server-unreachable": { status: 503, title: "The server can't be reached." },
  "store-unavailable": { status: 503, title: "The store can't be written." },
  "authorization-pending": { status: 400, title: "The sign-in was not confirmed yet." },
  "slow-down": { status: 400, title: "Poll more slowly." },
  "access-denied": { status: 400, title: "The sign-in was refused." },
  "expired-token": { status: 400, title: "The code has expired." },
  "invalid-grant": { status: 400, title: "The code is unknown or was used." },

  // Links
  "frame-malformed": { status: 400, title: "A frame does not follow the layout." },
  "frame-too-large": { status: 413, title: "A frame is larger than allowed." },
  "hello-malformed": { status: 400, title: "The first bytes are neither TLS nor HTTP." },
  "name-unknown": { status: 421, title: "No route has this name." },
  "token-refused": { status: 403, title: "The leg's token is unknown or used." },
  "peer-key-mismatch": { status: 403, title: "The peer's key is not the pinned one." },
  "link-closed": { status: 503, title: "The link closed." },
  "reply-timeout": { status: 504, title: "The other side did not answer in time." },

  // The log
  "checkpoint-malformed": { status: 400, title: "The checkpoint does not follow its layout." },
  "checkpoint-refused": { status: 403, title: "The checkpoint is not one of this log." },

  // What an agent refuses
  "join-refused": { status: 403, title: "The join token is unknown, used or expired." },
  "trust-missing": { status: 403, title: "No trust root was accepted on the agent's host." },
  "trust-refused": { status: 403, title: "The trust root does not follow from the pinned one." },
  "grant-malformed": { status: 400, title: "The grant is malformed." },
  "grant-other-agent": { status: 403, title: "The grant names another agent." },
  "approval-missing": { status: 403, title: "No valid approval covers this grant." },
  "approval-self": { status: 403, title: "The approver is the requester." },
  "window-not-begun": { status: 403, title: "The window has not begun." },
  "window-closed": { status: 403, title: "The window is closed." },
  "clock-skew": { status: 403, title: "The clocks of agent and authority differ too much." },
  "ticket-invalid": { status: 403, title: "The ticket is invalid." },
  "ticket-replayed": { status: 403, title: "The ticket's nonce is unknown or used." },
  "lease-invalid": { status: 403, title: "The lease is invalid." },
  "service-not-granted": { status: 403, title: "The grant does not name this service." },
  "target-not-listed": { status: 403, title: "The agent's allow-list does not name this target." },
  "proof-invalid": { status: 403, title: "The workstation's proof is invalid." },
  "host-mismatch": { status: 421, title: "The request names another host than its connection." },
  "recorder-unavailable": { status: 503, title: "The recorder can't write." },
  "device-unreachable": { status: 502, title: "The device does not answer." },
  "session-unknown": { status: 404, title: "There is no such session." },
  "session-ended": { status: 410, title: "The session has ended." },
  "stream-limit": { status: 429, title: "Too many connections in one session." },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errors;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errors, text);
}

/** The one error type that crosses boundaries. `detail` is public: never put a secret or an internal path in it. */
export class GenkanError extends Error {
  override readonly name = "GenkanError";
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  /** Reason codes of a refused decision, see `protocol/reason.ts`. */
  readonly reasons: readonly string[];

  constructor(code: ErrorCode, detail?: string, options: { reasons?: readonly string[]; cause?: unknown } = {}) {
    super(detail === undefined ? errors[code].title : `${errors[code].title} ${detail}`, { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.reasons = options.reasons ?? [];
  }

  get status(): number {
    return errors[this.code].status;
  }
}
