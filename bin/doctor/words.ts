/** What each finding says, and what to do next, in both languages. */
export const words = {
  version: { en: ["{version}", ""], ja: ["{version}", ""] },
  disk: {
    en: ["{path} has {free} MB of room.", "Make room on that disk: recordings, the log and the store need it."],
    ja: ["{path} の空きは {free} MB です。", "そのディスクを空けてください。記録、ログ、ストアに必要です。"],
  },
  "folder-missing": {
    en: ["There is no folder {path}.", "Make it with the program's init or join, or name the right one with --data."],
    ja: ["フォルダー {path} がありません。", "init か join で作るか、--data で正しいものを指定してください。"],
  },
  rights: {
    en: ["{path} can be used by its owner alone.", ""],
    ja: ["{path} は所有者だけが使えます。", ""],
  },
  "rights-wrong": {
    en: ["{path} is not used, for {fault}", "Run the command that the line names."],
    ja: ["{path} は使われません: {fault}", "行に示したコマンドを実行してください。"],
  },
  "file-missing": {
    en: ["The file {path} is missing.", "Bring it back, or name the right one: {option}."],
    ja: ["ファイル {path} がありません。", "元に戻すか、{option} で正しいものを指定してください。"],
  },
  store: {
    en: ["The store answers: {records} records in the log.", ""],
    ja: ["ストアは応答しています。ログの記録は {records} 件です。", ""],
  },
  "store-away": {
    en: ["The store does not answer: {why}", "Start its server, or free its disk; the options are those of run."],
    ja: ["ストアが応答しません: {why}", "サーバーを起動するかディスクを空けてください。オプションは run と同じです。"],
  },
  backup: {
    en: ["The last backup was made {days} days ago.", "Run genkan-authority backup every night."],
    ja: ["最後のバックアップは {days} 日前です。", "genkan-authority backup を毎晩実行してください。"],
  },
  "backup-never": {
    en: [
      "There was no backup yet.",
      "Run genkan-authority recovery-key once, and genkan-authority backup every night.",
    ],
    ja: [
      "バックアップがまだありません。",
      "genkan-authority recovery-key を一度、genkan-authority backup を毎晩実行してください。",
    ],
  },
  certificate: {
    en: [
      "The certificate {path} is good for {days} more days.",
      "Renew it; the program takes the new file up by itself.",
    ],
    ja: ["証明書 {path} の残りは {days} 日です。", "更新してください。新しいファイルは自動で取り込まれます。"],
  },
  "certificate-unread": {
    en: ["{path} is no certificate that can be read.", "Name a file in PEM, the host's own certificate first."],
    ja: ["{path} は証明書として読めません。", "PEM のファイルを、ホスト自身の証明書を先頭にして指定してください。"],
  },
  clock: {
    en: [
      "The clock is within {seconds} s of {peer}'s.",
      "Start time synchronisation (NTP) on this host and on that one.",
    ],
    ja: ["時計と {peer} の差は {seconds} 秒以内です。", "このホストと相手の時刻同期(NTP)を有効にしてください。"],
  },
  "clock-unknown": {
    en: [
      "The clock could not be compared with another one.",
      "Name a page of the portal: --portal https://portal.example.",
    ],
    ja: ["時計をほかと比べられませんでした。", "ポータルを指定してください: --portal https://portal.example"],
  },
  name: { en: ["{host} is {address}.", ""], ja: ["{host} は {address} です。", ""] },
  "name-unknown": {
    en: ["{host} has no address here.", "Mend DNS, or /etc/hosts, on this host."],
    ja: ["{host} のアドレスがここではわかりません。", "このホストの DNS か /etc/hosts を直してください。"],
  },
  reach: {
    en: ["{peer} is reached at {at}, and has shown its key.", ""],
    ja: ["{peer} に {at} で届き、鍵も確かめました。", ""],
  },
  "reach-not": {
    en: ["{peer} is not reached at {at}.", "Start it, and let the firewall pass TCP from here to {at}."],
    ja: [
      "{peer} に {at} で届きません。",
      "相手を起動し、ここから {at} への TCP をファイアウォールで許可してください。",
    ],
  },
  "reach-other": {
    en: [
      "At {at} somebody answers with another key than {peer}'s.",
      "Compare fingerprints: something stands in between, or {peer} was made anew.",
    ],
    ja: [
      "{at} で {peer} とは別の鍵が返りました。",
      "フィンガープリントを比べてください。間に何かあるか、{peer} が作り直されています。",
    ],
  },
  "peers-none": {
    en: ["No gateway is named yet.", "Add one: genkan-authority gateway add."],
    ja: ["ゲートウェイがまだありません。", "追加してください: genkan-authority gateway add"],
  },
  port: {
    en: ["{at} is free.", ""],
    ja: ["{at} は空いています。", ""],
  },
  "port-taken": {
    en: ["{at} is taken.", "That is right while the program runs; else stop the other program or choose another port."],
    ja: [
      "{at} は使われています。",
      "プログラムの実行中なら正常です。そうでなければ、ほかのプログラムを止めるか別のポートを選んでください。",
    ],
  },
  "port-refused": {
    en: [
      "{at} can't be listened on: {why}",
      "Choose an address of this machine, and a port above 1023 or the right to a lower one.",
    ],
    ja: [
      "{at} で待ち受けられません: {why}",
      "このホストのアドレスと、1023 より大きいポートか、小さいポートを使う権限を選んでください。",
    ],
  },
  approvers: {
    en: [
      "A list of approvers is accepted on this host.",
      "Compare and accept it: genkan-agent trust show, then genkan-agent trust add.",
    ],
    ja: ["このホストで承認者リストが受け入れられています。", ""],
  },
  "approvers-none": {
    en: [
      "No list of approvers is accepted on this host.",
      "Compare and accept it: genkan-agent trust show, then genkan-agent trust add.",
    ],
    ja: [
      "このホストで承認者リストが受け入れられていません。",
      "比べて受け入れてください: genkan-agent trust show、次に genkan-agent trust add",
    ],
  },
  "signed-out": {
    en: ["No server is known yet.", "Sign in: genkan login --portal https://portal.example."],
    ja: ["接続先のサーバーがまだありません。", "サインインしてください: genkan login --portal https://portal.example"],
  },
  server: { en: ["{origin} answers.", ""], ja: ["{origin} は応答しています。", ""] },
  "server-away": {
    en: [
      "{origin} does not answer: {why}",
      "Check the network and the address; for a private certificate sign in with --ca FILE.",
    ],
    ja: [
      "{origin} が応答しません: {why}",
      "ネットワークとアドレスを確かめてください。私設の証明書なら --ca FILE でサインインしてください。",
    ],
  },
} as const satisfies Record<string, Record<"en" | "ja", readonly [says: string, next: string]>>;

export type Code = keyof typeof words;
