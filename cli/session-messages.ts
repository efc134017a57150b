import type { Way } from "../protocol/service.ts";
import type { Text } from "./text.ts";

/** What is said while somebody connects, and when it ends. */
export const sessionMessages = {
  "no-grant": {
    en: "No grant for {device}, {service} is open now. See genkan ls; ask with genkan request.",
    ja: "{device} の {service} に今使える許可がありません。genkan ls で確認し、genkan request で申請してください。",
  },
  "grant-elsewhere": {
    en: "Grant {id} does not name this terminal's key: it was asked for from {label} before the terminal was confirmed there, or from elsewhere. Ask from here with genkan request.",
    ja: "許可 {id} に、このターミナルの鍵は含まれていません。「{label}」で、このターミナルを確認する前に、または別の端末から申請されたものです。ここから genkan request で申請してください。",
  },
  "stdio-alone": {
    en: "Standard output is the connection here: --json and --port can't be given with it.",
    ja: "標準出力は接続に使うため、--json や --port は指定できません。",
  },
  "ssh-missing": {
    en: "This computer has no ssh. Install OpenSSH, or use genkan connect with another program.",
    ja: "この端末に ssh がありません。OpenSSH を入れるか、genkan connect と別のソフトを使ってください。",
  },
  "ssh-user-invalid": { en: '"{user}" is no user of a device.', ja: "「{user}」は機器でのログイン名ではありません。" },
  "port-invalid": { en: '"{port}" is no port: 1 to 65535.', ja: "「{port}」はポート番号(1〜65535)ではありません。" },
  "port-taken": {
    en: "Port {port} is taken on this computer. Leave --port out, or give another.",
    ja: "ポート {port} は使用中です。--port を省くか、別の番号を指定してください。",
  },
  "port-refused": {
    en: "This computer does not let you listen on port {port}. Give one above 1023.",
    ja: "ポート {port} で待ち受ける権限がありません。1024 以上を指定してください。",
  },
  listening: {
    en: "{device} ({site}), {service} is at 127.0.0.1:{port}. Ctrl-C ends the session.",
    ja: "{device}({site})の {service} は 127.0.0.1:{port} で使えます。Ctrl-C で終了します。",
  },
  // Under an alias of the service, known_hosts tells devices apart whatever the port.
  "hint-ssh": {
    en: "ssh -o HostKeyAlias={alias} -p {port} USER@127.0.0.1\n  scp -o HostKeyAlias={alias} -P {port} FILE USER@127.0.0.1:",
    ja: "ssh -o HostKeyAlias={alias} -p {port} ログイン名@127.0.0.1\n  scp -o HostKeyAlias={alias} -P {port} ファイル ログイン名@127.0.0.1:",
  },
  "hint-page": { en: "http://127.0.0.1:{port}/", ja: "http://127.0.0.1:{port}/" },
  "hint-program": { en: "nc 127.0.0.1 {port}", ja: "nc 127.0.0.1 {port}" },
  "window-ends": { en: "The approved time ends {when}.", ja: "許可された時間帯は {when} までです。" },
  status: {
    en: "{device} {service} :{port} | {left} left, until {until} | up {up} down {down} | {connections} connections",
    ja: "{device} {service} :{port} | 残り {left}、{until} まで | 上り {up} 下り {down} | 接続 {connections}",
  },
  warning: {
    en: "The approved time ends in {left}. What still runs then is cut.",
    ja: "あと {left} で許可された時間帯が終わります。実行中の作業も切断されます。",
  },
  held: {
    en: "{by} has frozen this session: nothing passes, and nothing is lost. It goes on when they thaw it, and is cut {until} otherwise. Leave your program as it is; call the hospital if it takes long.",
    ja: "{by} さんがこの接続を一時停止しました。通信は止まっていますが、失われていません。再開されると続きから動き、再開されなければ {until} に切断されます。操作中のソフトはそのままにし、長引くときは病院に連絡してください。",
  },
  "held-why": { en: "Reason: {reason}", ja: "理由: {reason}" },
  "goes-on": { en: "The session goes on.", ja: "接続が再開されました。" },
  ended: { en: "The session has ended: {reason}", ja: "接続が終了しました: {reason}" },
  "ended-by": { en: "The session has ended: {reason} ({by})", ja: "接続が終了しました: {reason}({by} さん)" },
  "ended-unknown": {
    en: "The connection broke, and the server does not say why. Connect again. If it goes on, contact the hospital.",
    ja: "接続が切れました。理由はサーバーから得られません。もう一度接続してください。続く場合は、病院の担当者に連絡してください。",
  },
  "ended-here": {
    en: "The session is ended. Up {up}, down {down}.",
    ja: "接続を終了しました。上り {up}、下り {down}。",
  },
} as const satisfies Record<string, Text> & Record<`hint-${Way["tool"]}`, Text>;
