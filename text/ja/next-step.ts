import type { NextSteps } from "../shape.ts";

export const nextSteps = {
  // Errors
  unauthenticated: "もう一度サインインしてください。",
  "sign-in-failed": "入力を確認して、もう一度お試しください。",
  "enrolment-invalid": "発行した人に新しいリンクを依頼してください。",
  "ceremony-invalid": "もう一度お試しください。",
  "password-too-short": "12文字以上にしてください。",
  "totp-invalid": "次のコードを待って入力してください。",
  "dpop-invalid": "端末の時計を確かめてください。",
  "state-conflict": "今の表示を確認してください。",
  "too-many": "しばらく待ってから、もう一度お試しください。",
  "log-budget-spent": "明日もう一度お試しください。急ぐときは病院に連絡してください。",
  internal: "もう一度お試しください。続く場合は、病院の担当者に連絡してください。",
  "agent-unavailable": "病院の担当者に連絡してください。",
  "gateway-unavailable": "病院の担当者に連絡してください。",
  "server-unreachable":
    "お使いのネットワークか、病院側のゲートウェイが止まっています。続く場合は、電話などで病院の担当者に連絡してください。",
  "request-malformed": "画面を読み込み直して、もう一度申請してください。",
  "request-mismatch": "画面を読み込み直して、もう一度申請してください。",
  "obligation-refused": "病院に連絡してください。",
  "peer-key-mismatch":
    "データは送っていません。第三者が介在している恐れがあります。病院のセキュリティ責任者に連絡してください。",
  "link-closed": "もう一度接続してください。",
  "reply-timeout": "もう一度お試しください。",
  "trust-missing": "病院の担当者に、エージェントのホストで genkan-agent trust add を実行するよう依頼してください。",
  "trust-refused":
    "承認者が新しいパスキーを登録したあとは、リストにいるほかの承認者が「エージェント」の画面で署名するまで使えません。",
  "approval-missing": "新しく申請してください。",
  "window-not-begun": "開始までお待ちください。",
  "window-closed": "必要なら、新しく申請してください。",
  "clock-skew": "エージェントのホストの時刻合わせ(NTP)を、病院の担当者に依頼してください。",
  "target-not-listed": "病院の担当者に、許可リストの確認を依頼してください。",
  "proof-invalid": "申請したときと同じ端末で、サインインし直してください。",
  "head-too-large": "ブラウザーでこのサイトの Cookie を削除してください。",
  "device-unreachable": "電源とネットワークを、病院の担当者に確認してもらってください。",
  "device-untrusted": "自己署名や古い TLS の機器なら、その例外の登録を病院の担当者に依頼してください。",
  "certificate-changed":
    "データは送っていません。病院のセキュリティ責任者に連絡してください。正しい機器だと確認できるまで接続できません。",

  // Refusals
  "person-inactive": "病院の担当者に連絡してください。",
  "contract-missing": "病院の担当者に契約の登録を依頼してください。",
  "factors-missing": "サインインし直してください。",
  "workstation-unknown": "サインインし直すと登録されます。",
  locked: "解除されるまで接続できません。病院の担当者に連絡してください。",
  "window-past": "開始と終了を確認してください。",
  "requests-too-many": "不要な申請を取り下げてください。",
  "self-approval": "ほかの承認者に依頼してください。",
  "grant-inactive": "必要なら、新しく申請してください。",
  "window-not-open": "開始前ならお待ちください。終わった場合は、新しく申請してください。",
  "service-not-granted": "必要なら、新しく申請してください。",
  "workstation-not-granted": "申請したときと同じ端末・ブラウザーを使ってください。",
  "sessions-too-many": "使っていない接続を終了してください。",
  "recorder-not-ready": "病院の担当者に連絡してください。",
  "agent-disabled": "病院の担当者に連絡してください。",
  "agent-away": "病院の担当者に連絡してください。",
} as const satisfies NextSteps;
