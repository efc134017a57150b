import type { EndReason } from "../protocol/end-reason.ts";
import type { ErrorCode } from "../protocol/error.ts";
import type { DenyReason } from "../protocol/reason.ts";
import type { Text } from "./text.ts";

/** What to do next where a command does it; the command line says this in place of the step in `text/`. */
export const nextCommands: Readonly<Partial<Record<ErrorCode | DenyReason, Text>>> = {
  unauthenticated: { en: "Run: genkan login", ja: "genkan login を実行してください。" },
  "dpop-invalid": {
    en: "Check this computer's clock, then run: genkan login",
    ja: "この端末の時計を確かめ、genkan login を実行してください。",
  },
  "access-denied": {
    en: "Run genkan login again if it was a mistake.",
    ja: "誤って拒否した場合は、genkan login をもう一度実行してください。",
  },
  "expired-token": { en: "Run: genkan login", ja: "genkan login を実行してください。" },
  "invalid-grant": { en: "Run: genkan login", ja: "genkan login を実行してください。" },
  "not-found": { en: "See: genkan ls", ja: "genkan ls で確認してください。" },
  "state-conflict": { en: "See: genkan ls", ja: "genkan ls で確認してください。" },
  "server-unreachable": {
    en: "Check the network and the address; for a private certificate give --ca FILE.",
    ja: "ネットワークとアドレスを確かめてください。独自の証明書には --ca FILE を指定してください。",
  },
  "window-closed": { en: "Ask for another: genkan request", ja: "必要なら、genkan request で新しく申請してください。" },
  "approval-missing": { en: "Ask again: genkan request", ja: "genkan request でもう一度申請してください。" },
  "service-not-granted": { en: "Ask for it: genkan request", ja: "必要なら、genkan request で申請してください。" },
  "grant-inactive": {
    en: "Ask for another: genkan request",
    ja: "必要なら、genkan request で新しく申請してください。",
  },
  "proof-invalid": {
    en: "Was the request made from this computer? Run genkan login and ask again.",
    ja: "この端末から申請しましたか。genkan login のあと、もう一度申請してください。",
  },
  "workstation-unknown": { en: "Run: genkan login", ja: "genkan login を実行してください。" },
};

const again: Text = { en: "To go on: genkan connect", ja: "続けるには genkan connect を実行してください。" };
const askAnew: Text = {
  en: "To go on, ask for another window: genkan request",
  ja: "続けるには genkan request で新しく申請してください。",
};
const call: Text = {
  en: "Call the hospital before you try again.",
  ja: "もう一度つなぐ前に、病院の担当者に連絡してください。",
};

/** What to do when a session has ended. */
export const nextAfterEnd: Readonly<Record<EndReason, Text>> = {
  "ended-by-technician": again,
  "window-closed": askAnew,
  revoked: askAnew,
  "ended-by-staff": call,
  locked: call,
  "fact-changed": call,
  "lease-lost": again,
  "agent-lost": again,
  "gateway-lost": again,
  "recorder-failed": call,
  "refused-by-gateway": again,
  "refused-by-agent": call,
  "certificate-changed": call,
  "freeze-expired": call,
  "never-used": again,
};
