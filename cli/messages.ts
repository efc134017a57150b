import type { Language } from "../text/language.ts";
import { nameMessages } from "./name-messages.ts";
import { overseeMessages } from "./oversee-messages.ts";
import { personMessages } from "./person-messages.ts";
import { registerMessages } from "./register-messages.ts";
import { sessionMessages } from "./session-messages.ts";
import type { Text } from "./text.ts";
import { timeMessages } from "./time-messages.ts";
import { vendorMessages } from "./vendor-messages.ts";

/** Every line of the command line's own in each language. What codes say stands in `text/`. */
export const messages = {
  ...nameMessages,
  ...overseeMessages,
  ...personMessages,
  ...registerMessages,
  ...sessionMessages,
  ...vendorMessages,
  ...timeMessages,
  // Signing in
  "sign-in-open": {
    en: "Open this page in the browser that you are signed in with:",
    ja: "サインインしているブラウザーで次のページを開いてください:",
  },
  "sign-in-type": { en: "and type this code there:", ja: "そのページに次のコードを入力してください:" },
  "sign-in-key": {
    en: "The page then shows this key. If it shows another one, refuse there:",
    ja: "ページに次の鍵が表示されます。違う鍵が表示されたら、そのページで拒否してください:",
  },
  "sign-in-own": {
    en: "Type it only if you started this sign-in here yourself. Never give the code to anybody.",
    ja: "自分でここからサインインを始めたときだけ入力し、コードは誰にも教えないでください。",
  },
  "sign-in-waiting": { en: "Waiting for the confirmation…", ja: "確認を待っています…" },
  "signed-in": {
    en: "Signed in as {name} at {origin} until {until}.",
    ja: "{name} として {origin} にサインインしました({until} まで)。",
  },
  "signed-out": { en: "Signed out of {origin}.", ja: "{origin} からサインアウトしました。" },
  "origin-missing": {
    en: "Which server? Run: genkan login --portal URL (or --staff URL)",
    ja: "接続先が分かりません。genkan login --portal URL(職員は --staff URL)を実行してください。",
  },
  "login-servers": {
    en: "Give one server: --portal URL, --staff URL, or --origin URL.",
    ja: "サーバーは --portal URL、--staff URL、--origin URL のどれか一つで指定してください。",
  },
  "login-face-missing": {
    en: "As whom? Run: genkan login --portal {origin} (technicians) or --staff {origin} (staff)",
    ja: "技術者は genkan login --portal {origin}、職員は genkan login --staff {origin} を実行してください。",
  },
  "origin-invalid": {
    en: "{origin} is not the address of a server: https://HOST, without a path (http only on this computer).",
    ja: "{origin} はサーバーのアドレスではありません。https://ホスト名 の形で指定してください(http はこの端末内のみ)。",
  },
  // Words of tables
  person: { en: "Person", ja: "人" },
  roles: { en: "Roles", ja: "役割" },
  vendor: { en: "Vendor", ja: "保守会社" },
  site: { en: "Site", ja: "施設" },
  server: { en: "Server", ja: "サーバー" },
  until: { en: "Until", ja: "期限" },
  workstation: { en: "Workstation key", ja: "端末の鍵" },
  devices: { en: "Devices", ja: "機器" },
  requests: { en: "Requests", ja: "申請" },
  grants: { en: "Grants", ja: "許可" },
  sessions: { en: "Live sessions", ja: "接続中" },
  none: { en: "none", ja: "なし" },
  "agent-away": { en: "agent not connected", ja: "エージェントがつながっていません" },
  // Asking and deciding
  requested: {
    en: "Requested: {id}. {device}, {services}, {window}. It waits for an approval.",
    ja: "申請しました: {id}。{device}、{services}、{window}。承認を待っています。",
  },
  // The log
  exported: { en: "Wrote {bytes} to {file}.", ja: "{file} に {bytes} を書き出しました。" },
  "export-key": {
    en: "Verifier key of this log, as the server tells it now: {key}",
    ja: "このログの検証鍵(サーバーの現在の申告): {key}",
  },
  "export-damaged": {
    en: "THE LOG IS DAMAGED: the server lacks {missing}. All that it has is in {file}.",
    ja: "ログが壊れています。サーバーに {missing} がありません。残っているものはすべて {file} にあります。",
  },
  "export-broken-off": {
    en: "The export was not complete. What came is kept in {file} ({bytes}); it does not verify.",
    ja: "書き出しは完了しませんでした。受け取った分は {file} にあります({bytes})。検証はできません。",
  },
  "missing-records": { en: "records {first} to {last}", ja: "記録 {first}〜{last}" },
  "missing-checkpoint": { en: "the checkpoint of {size} records", ja: "記録 {size} 件分のチェックポイント" },
  proved: { en: "Wrote the proof of record {index} to {file}.", ja: "記録 {index} の証明を {file} に書き出しました。" },
  "audit-ok": {
    en: "The log is whole: {records} records ({withheld} of others withheld, {erased} erased by law), {checkpoints} checkpoints, {first} to {last}. Root {root}",
    ja: "ログに改変はありません: 記録 {records} 件(他施設のため非表示 {withheld} 件、法令により消去 {erased} 件)、チェックポイント {checkpoints} 件、{first} から {last}。ルート {root}",
  },
  "audit-audience": { en: "Written for site {site}.", ja: "施設 {site} 宛ての書き出しです。" },
  "audit-proof-ok": {
    en: "Record {index} stands in the log of {size} records with the root {root}:",
    ja: "記録 {index} は、{size} 件の記録を持つルート {root} のログにあります:",
  },
  "audit-erased": { en: "(erased by law)", ja: "(法令により消去済み)" },
  "audit-bad": {
    en: "THE LOG IS NOT WHOLE. First bad record: {first}; line {line}. {problem}",
    ja: "ログは改変されています。最初の不正な記録: {first}、{line} 行目。{problem}",
  },
  "audit-file-bad": {
    en: "{file} CAN'T BE VERIFIED, and proves nothing for or against the log. Line {line}: {problem}",
    ja: "{file} は検証できません。ログが正しいとも、改変されたとも言えません。{line} 行目: {problem}",
  },
  "audit-file-again": {
    en: "Get the file again, as it was written and not through a mail program. If it is the same again, ask whoever wrote it.",
    ja: "書き出したままのファイルを、メールソフトを介さずに入手し直してください。それでも同じなら、書き出した人に確認してください。",
  },
  "audit-vouched": {
    en: "Signatures vouch for the records up to {last}.",
    ja: "署名が保証しているのは記録 {last} までです。",
  },
  "audit-vouched-none": { en: "No signature vouches for any record.", ja: "署名が保証している記録はありません。" },
  "audit-key-malformed": {
    en: "--key is no verifier key, or mistyped: one looks like name+0123abcd+base64.",
    ja: "--key の検証鍵の形式が違うか、打ち間違いがあります(形式: 名前+0123abcd+base64)。",
  },
  "audit-index-malformed": {
    en: '"{index}" is not the number of a record, such as 42.',
    ja: "「{index}」は記録の番号(例: 42)ではありません。",
  },
  "audit-since-refused": {
    en: "{file} holds no checkpoint of this log that the key has signed.",
    ja: "{file} に、この鍵で署名されたこのログのチェックポイントがありません。",
  },
  "audit-between": {
    en: "The first bad record lies between {from} and {to}.",
    ja: "最初の不正な記録は {from} から {to} の間にあります。",
  },
  "shell-unknown": {
    en: 'There is no completion for "{shell}". For one of: {known}',
    ja: "「{shell}」の補完はありません。次のいずれかです: {known}",
  },
  // Files
  "key-exposed": {
    en: "{file} can be read by others. Run: chmod 600 {file}",
    ja: "{file} を他の人が読めます。chmod 600 {file} を実行してください。",
  },
  "file-unreadable": { en: "{file} can't be read.", ja: "{file} を読めません。" },
  "file-unwritable": { en: "{file} can't be written.", ja: "{file} に書き込めません。" },
  "home-missing": {
    en: "This user has no home folder to keep files in. Set GENKAN_CONFIG_DIR.",
    ja: "ファイルを置くホームフォルダーがありません。GENKAN_CONFIG_DIR を指定してください。",
  },
  "profile-malformed": {
    en: "{file} is malformed. Remove it and sign in again.",
    ja: "{file} が壊れています。削除してサインインし直してください。",
  },
  // Failures
  error: { en: "genkan: {what}", ja: "genkan: {what}" },
  "output-lost": {
    en: "genkan: The output can't be written: {problem}.",
    ja: "genkan: 出力を書き込めません: {problem}。",
  },
  unexpected: { en: "genkan: Something failed here: {detail}", ja: "genkan: 内部エラー: {detail}" },
} as const satisfies Record<string, Text>;

export type MessageKey = keyof typeof messages;

/** The language of POSIX locale settings, the stronger one first (`LC_ALL`, `LC_MESSAGES`, `LANG`). */
export function languageOf(...settings: (string | undefined)[]): Language {
  return settings
    .find((setting) => setting)
    ?.toLowerCase()
    .startsWith("ja")
    ? "ja"
    : "en";
}
