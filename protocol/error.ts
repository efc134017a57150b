/**
 * Every failure that can cross a boundary: the API answers them as problem details (RFC 9457, `type` is
 * `urn:genkan:error:<code>`), links and agents carry the code alone. `title` says what happened, in the words that
 * people read in English; `text/` has the other languages, and what to do next. `docs/errors.md` explains each; a test
 * holds the two together.
 */
export const errors = {
  "bad-request": { status: 400, title: "What was sent is not in the expected form." },
  "head-too-large": { status: 431, title: "The address or the cookies are too long." },
  "body-too-large": { status: 413, title: "What was sent is too large." },
  "media-type-refused": { status: 415, title: "What was sent has the wrong media type." },
  unauthenticated: { status: 401, title: "You are not signed in, or your sign-in has ended." },
  "sign-in-failed": { status: 401, title: "Sign-in failed." },
  "enrolment-invalid": { status: 400, title: "This enrolment link is unknown, used or expired." },
  "first-code-invalid": {
    status: 400,
    title: "This first code is unknown, used or expired, or there is an administrator.",
  },
  "ceremony-invalid": { status: 400, title: "The passkey step has expired or failed." },
  "password-too-short": { status: 400, title: "The password is too short." },
  "totp-invalid": { status: 400, title: "The one-time code is wrong or was used." },
  "dpop-invalid": { status: 401, title: "This computer's key could not be verified." },
  "origin-refused": { status: 403, title: "It was sent by another page, so it is refused." },
  denied: { status: 403, title: "Refused." },
  "not-found": { status: 404, title: "There is no such thing, or it is not yours to see." },
  "state-conflict": { status: 409, title: "Its state has changed, so this is no longer possible." },
  "label-taken": { status: 409, title: "Another computer of yours has this name." },
  "window-invalid": { status: 422, title: "This time can't be asked for." },
  "too-many": { status: 429, title: "That is too many." },
  "log-budget-spent": { status: 429, title: "You have had as much written into the log today as one person may." },
  internal: { status: 500, title: "Something failed on the server." },
  "agent-unavailable": { status: 503, title: "The agent beside the device is not connected." },
  "gateway-unavailable": { status: 503, title: "No gateway is connected." },
  "server-unreachable": { status: 503, title: "The server can't be reached." },
  "store-unavailable": { status: 503, title: "Nothing can be saved now. Nothing was changed." },
  "authorization-pending": { status: 400, title: "The sign-in is not confirmed yet." },
  "slow-down": { status: 400, title: "It was asked too often." },
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
  "version-too-old": { status: 426, title: "This program is too old for the authority." },
  "link-closed": { status: 503, title: "The link closed." },
  "reply-timeout": { status: 504, title: "The other side did not answer in time." },

  // The log
  "checkpoint-malformed": { status: 400, title: "The checkpoint does not follow its layout." },
  "backup-refused": { status: 403, title: "The backup can't be used." },
  "checkpoint-refused": { status: 403, title: "The checkpoint is not one of this log." },

  // What an agent refuses
  "join-refused": { status: 403, title: "The join token is unknown, used or expired." },
  "trust-missing": { status: 403, title: "No list of approvers was accepted on the agent's host yet." },
  "trust-refused": { status: 403, title: "The list of approvers that the agent accepted does not allow this." },
  "grant-malformed": { status: 400, title: "The grant is malformed." },
  "request-malformed": { status: 400, title: "The signed request is malformed, or its signature does not hold." },
  "request-mismatch": { status: 403, title: "What is granted does not follow from what was asked." },
  "obligation-refused": { status: 403, title: "The grant asks for something that this agent can't hold." },
  "grant-other-agent": { status: 403, title: "The grant names another agent." },
  "approval-missing": { status: 403, title: "No valid approval covers this grant." },
  "approval-self": { status: 403, title: "The requester's own approval does not count." },
  "window-not-begun": { status: 403, title: "The approved time has not begun." },
  "window-closed": { status: 403, title: "The approved time is over." },
  "clock-skew": { status: 403, title: "The clocks of agent and authority differ too much." },
  "ticket-invalid": { status: 403, title: "The ticket is invalid." },
  "role-not-served": { status: 403, title: "The ticket's role is not served by this agent." },
  "gateway-unknown": { status: 403, title: "The agent's host does not name the ticket's gateway." },
  "ticket-replayed": { status: 403, title: "The ticket is unknown or was used." },
  "lease-invalid": { status: 403, title: "The lease is invalid." },
  "service-not-granted": { status: 403, title: "The grant does not include this service." },
  "target-not-listed": { status: 403, title: "The agent's allow-list does not name this target." },
  "proof-invalid": { status: 403, title: "It could not be verified that this workstation connects." },
  "host-mismatch": { status: 421, title: "The request names another host than its connection." },
  "recorder-unavailable": { status: 503, title: "The recording can't be written." },
  "device-unreachable": { status: 502, title: "The device does not answer." },
  "device-unreadable": { status: 502, title: "The device's answer can't be read safely." },
  "device-untrusted": { status: 502, title: "The device's certificate or TLS version is not accepted." },
  "certificate-changed": {
    status: 502,
    title: "The device showed another certificate than the accepted one. It may be another device.",
  },
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
