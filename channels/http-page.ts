import { sha256 } from "../crypto/thumbprint.ts";
import { type EndReason, endReasons } from "../protocol/end-reason.ts";

/** A page that the agent itself shows in a session's place: what happened and what to do, in both languages. */
export interface Page {
  readonly status: number;
  readonly ja: readonly [title: string, todo: string];
  readonly en: readonly [title: string, todo: string];
}

const again = {
  ja: "このタブを閉じ、ポータルの許可でもう一度「ブラウザーで開く」を押してください。",
  en: "Close this tab, and press “Open in browser” at the grant on the portal again.",
} as const;

export const pages = {
  "not-entered": {
    status: 403,
    ja: ["このページを開く許可が確認できません", again.ja],
    en: ["This page was not opened through the portal", again.en],
  },
  "proof-refused": {
    status: 403,
    ja: ["この端末を確認できませんでした", `確認は一度しか使えません。${again.ja}`],
    en: ["This workstation could not be verified", `A proof works only once. ${again.en}`],
  },
  "foreign-origin": {
    status: 403,
    ja: ["別のページからの操作を拒否しました", "機器のページ自体から操作してください。"],
    en: ["A request from another page was refused", "Use the pages of the device itself."],
  },
  "other-host": {
    status: 421,
    ja: ["接続先が一致しません", again.ja],
    en: ["This connection belongs to another host", again.en],
  },
  "bad-request": {
    status: 400,
    ja: ["要求の形式が正しくありません", "ブラウザで機器のページを開き直してください。"],
    en: ["The request is malformed", "Open the page of the device again in your browser."],
  },
  "too-large": {
    status: 413,
    ja: ["要求が大きすぎます", again.ja],
    en: ["The request is too large", again.en],
  },
  "not-found": {
    status: 404,
    ja: ["ページがありません", "機器のページに戻ってください。"],
    en: ["There is no such page", "Go back to the pages of the device."],
  },
  "device-unreachable": {
    status: 502,
    ja: [
      "機器が応答しません",
      "機器の電源とネットワークを施設の担当者に確認してもらい、このページを再読み込みしてください。",
    ],
    en: [
      "The device does not answer",
      "Ask the facility to check the device's power and network, then reload this page.",
    ],
  },
  "target-not-listed": {
    status: 403,
    ja: [
      "この機器への接続は施設のエージェントで許可されていません",
      "施設の担当者に許可リストの確認を依頼してください。",
    ],
    en: ["The facility's agent does not allow this device", "Ask the facility to check the agent's allow-list."],
  },
} as const satisfies Record<string, Page>;

const endedJa: Record<EndReason, string> = {
  "ended-by-technician": "技術者が接続を終了しました。",
  "window-closed": "許可された作業時間が終わりました。",
  revoked: "承認者またはセキュリティ責任者が許可を取り消しました。",
  "ended-by-staff": "セキュリティ責任者が接続を切断しました。",
  locked: "利用がロックされています。",
  "fact-changed": "許可の前提(契約・役割・端末など)が変わりました。",
  "lease-lost": "認可サーバーとの通信が途絶えたため切断しました。",
  "agent-lost": "施設のエージェントが再起動しました。",
  "gateway-lost": "ゲートウェイが再起動しました。",
  "recorder-failed": "記録ができなくなったため切断しました。",
  "refused-by-agent": "施設のエージェントが接続を拒否しました。",
  "freeze-expired": "一時停止の上限時間を超えたため切断しました。",
  "never-used": "時間内に利用が始まらなかったため終了しました。",
};

/** The page of a session that is over. */
export function endedPage(reason: EndReason): Page {
  return {
    status: 410,
    ja: ["接続は終了しました", `${endedJa[reason]}続ける場合は、ポータルから新しく接続してください。`],
    en: ["This session has ended", `${endReasons[reason]} To go on, connect again from the portal.`],
  };
}

const style = `
:root { color-scheme: light dark; font-family: "Noto Sans JP", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI", system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f4f6f8, #14181c) }
main { max-width: 34rem; margin: 1rem; padding: 2rem; border-radius: 12px; background: light-dark(#fff, #1e242a);
  color: light-dark(#1c2733, #e6ebf0); border-top: 6px solid #c2571a }
h1 { font-size: 1.3rem; line-height: 1.5; margin: 0 0 .5rem } p { line-height: 1.8; margin: 0 }
section + section { margin-top: 1.5rem; padding-top: 1.5rem; border-top: 1px solid light-dark(#dde3e9, #38424c) }
`;
const styleHash = Buffer.from(sha256(style), "base64url").toString("base64");

/** Nothing may run, load or frame here; the one style is known by its hash. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** Only texts of this file stand in it, so nothing needs escaping. */
export function renderPage(page: Page): string {
  const section = (lang: string, [title, todo]: readonly [string, string]) =>
    `<section lang="${lang}"><h1>${title}</h1><p>${todo}</p></section>`;
  return `<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${page.ja[0]} / ${page.en[0]}</title><style>${style}</style></head>
<body><main>${section("ja", page.ja)}${section("en", page.en)}</main></body></html>
`;
}
