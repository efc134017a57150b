import type { nextSteps as ja } from "../ja/next-step.ts";
import type { SameShape } from "../shape.ts";

export const nextSteps: SameShape<typeof ja> = {
  // Errors
  unauthenticated: "Sign in again.",
  "sign-in-failed": "Check what you typed and try again.",
  "enrolment-invalid": "Ask whoever gave it to you for a new one.",
  "ceremony-invalid": "Try again.",
  "password-too-short": "Use 12 characters or more.",
  "totp-invalid": "Wait for the next code.",
  "dpop-invalid": "Check this computer's clock.",
  "state-conflict": "Look at it again.",
  "too-many": "Wait a while and try again.",
  internal: "Try again. If it goes on, contact the hospital.",
  "agent-unavailable": "Contact the hospital.",
  "gateway-unavailable": "Contact the hospital.",
  "server-unreachable": "Your network or the hospital's gateway is down. If it goes on, phone the hospital.",
  "peer-key-mismatch": "Nothing was sent. Somebody may be in between: tell the hospital's security officer.",
  "link-closed": "Connect again.",
  "reply-timeout": "Try again.",
  "trust-missing": "Ask the hospital to run genkan-agent trust add on the agent's host.",
  "trust-refused":
    "An approver's new passkey counts once another approver in the list has signed it on the page “Agents”.",
  "approval-missing": "Make a new request.",
  "window-not-begun": "Wait for the start.",
  "window-closed": "If you need more, make a new request.",
  "clock-skew": "Ask the hospital to set the clock of the agent's host (NTP).",
  "target-not-listed": "Ask the hospital to check the allow-list.",
  "proof-invalid": "Sign in again on the workstation that you asked from.",
  "device-unreachable": "Ask the hospital to check its power and network.",

  // Refusals
  "person-inactive": "Contact the hospital.",
  "contract-missing": "Ask the hospital to register it.",
  "factors-missing": "Sign in again.",
  "workstation-unknown": "Signing in again enrols it.",
  locked: "Nobody connects until the lock is lifted. Contact the hospital.",
  "window-past": "Check start and end.",
  "requests-too-many": "Withdraw those that are not needed.",
  "self-approval": "Ask another approver.",
  "grant-inactive": "If you need it still, make a new request.",
  "window-not-open": "Wait for the start; if it is over, make a new request.",
  "service-not-granted": "If you need it, make a new request.",
  "workstation-not-granted": "Use the workstation, and the browser, that you asked from.",
  "sessions-too-many": "End one that you do not use.",
  "recorder-not-ready": "Contact the hospital.",
  "agent-away": "Contact the hospital.",
};
