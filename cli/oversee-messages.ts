import type { Text } from "./text.ts";

/** What is said of deciding, and of stopping what goes on. */
export const overseeMessages = {
  "status-of": { en: "{name} ({roles}), {origin}, until {until}", ja: "{name}({roles})、{origin}、{until} まで" },
  "status-locked": {
    en: "LOCKED ({kind}): you can neither ask nor connect. Call the hospital.",
    ja: "ロック中({kind}): 申請も接続もできません。病院の担当者に連絡してください。",
  },
  "status-over": {
    en: "Nobody pressed a key for a while, so this screen has stopped. Run genkan status --watch again.",
    ja: "しばらく操作がないため表示を終了しました。もう一度 genkan status --watch を実行してください。",
  },
  left: { en: "{left} left", ja: "残り {left}" },
  "frozen-until": { en: "by {by}; cut at {until} unless thawed", ja: "{by} さんによる。再開しなければ {until} に切断" },
  locks: { en: "Locks in force", ja: "有効なロック" },
  "approve-open": {
    en: "An approval is signed with your passkey. Open:",
    ja: "承認はパスキーで署名します。次のページを開いてください:",
  },
  denied: { en: "Denied: {id}, of {person}, {device}.", ja: "却下しました: {id}({person}、{device})。" },
  revoked: {
    en: "Revoked: {id}, of {person}, {device}. Its sessions are cut.",
    ja: "許可を取り消しました: {id}({person}、{device})。接続は切断されます。",
  },
  frozen: {
    en: "Frozen: {id}, {person} at {device}, {service}. No byte passes. It is cut at {until} unless you thaw it: genkan thaw {id}",
    ja: "一時停止しました: {id}({person}、{device} の {service})。通信は止まっています。{until} に自動で切断されます。再開: genkan thaw {id}",
  },
  thawed: {
    en: "Goes on: {id}, {person} at {device}, {service}.",
    ja: "再開しました: {id}({person}、{device} の {service})。",
  },
  cut: {
    en: "Cut: {id}, {person} at {device}, {service}.",
    ja: "切断しました: {id}({person}、{device} の {service})。",
  },
  "cut-again": {
    en: "The grant stands, so a new session can be opened with it. To prevent that: genkan revoke {grant} --reason WHY",
    ja: "許可は残っているため、もう一度接続できます。止めるには: genkan revoke {grant} --reason 理由",
  },
  locked: {
    en: "Locked: {id} ({kind} {target}). Its sessions are cut.",
    ja: "ロックしました: {id}({kind} {target})。接続は切断されます。",
  },
  lifted: { en: "Lifted: {id} ({kind} {target}).", ja: "ロックを解除しました: {id}({kind} {target})。" },
  "lock-kind-unknown": {
    en: '"{kind}" can\'t be locked. One of: {known}',
    ja: "「{kind}」はロックできません。次のいずれかです: {known}",
  },
  "lock-target-missing": {
    en: "Which {kind}? Give its name or ID.",
    ja: "どの{kind}かを、名前か ID で指定してください。",
  },
  "lock-site-missing": {
    en: "You are an officer of several sites. Say at which one the lock holds, with --site: {known}",
    ja: "複数の施設のセキュリティ責任者です。ロックする施設を --site で指定してください: {known}",
  },
  "lock-target-surplus": {
    en: "A lock on everything takes no name.",
    ja: "「すべて」のロックに名前は指定できません。",
  },
} as const satisfies Record<string, Text>;
