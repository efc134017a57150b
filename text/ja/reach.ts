import type { Reach } from "../../protocol/reach.ts";

export const reaches = {
  open: "つながりました。",
  refused: "機器が接続を断りました。機器の電源とサービス、ポート番号を確かめてください。",
  "timed-out": "応答がありません。機器の電源と、エージェントから機器までの配線やファイアウォールを確かめてください。",
  unreachable: "機器のネットワークに届きません。エージェントのホストの経路を確かめてください。",
  "no-tls": "TLS を話しません。プロトコルとポート番号を確かめてください。",
  untrusted: "機器の証明書か TLS のバージョンを受け入れられません。必要なら、サービスに例外を付けてください。",
  "not-listed": "エージェントの許可リストにありません。下の行をホストの許可リストに加えてください。",
} as const satisfies Record<Reach, string>;
