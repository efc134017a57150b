import type { ChecklistReason, ChecklistStep } from "../../protocol/api/checklist.ts";

/** What is true once a step is done. */
export const checklistSteps = {
  site: "施設が登録されている。",
  gateway: "ゲートウェイにつながっている。",
  certificates: "証明書が有効である。",
  approver: "最初の承認者がパスキーを登録している。",
  agent: "エージェントが参加している。",
  trust: "エージェントが承認者リストを受け入れている。",
  vendor: "最初の保守会社と技術者がいる。",
  device: "最初の機器にエージェントから届く。",
  rehearsal: "予行の接続が終わり、ログが書き出されている。",
  backup: "新しいバックアップがある。",
} as const satisfies Record<ChecklistStep, string>;

/** Why it is not, and what to do now. */
export const checklistReasons = {
  "site-missing": "「施設」で、病院の名前・タイムゾーン・夜間の連絡先を登録してください。",
  "contact-missing": "「施設」で、夜間に技術者がかける連絡先を入れてください。",
  "gateway-missing":
    "ゲートウェイのホストで genkan-gateway init を実行し、表示された指紋を下のコマンドに入れて、サーバーで実行してください。",
  "gateway-away":
    "サーバーからゲートウェイに接続できません。ゲートウェイのサービスと、443 番ポートまでのファイアウォールを確かめてください。",
  "certificate-expired": "証明書の期限が切れています。新しいファイルに置き換えてください。再起動はいりません。",
  "certificate-ends-soon":
    "証明書の期限が 2 週間以内に切れます。新しいファイルに置き換えてください。再起動はいりません。",
  "access-certificate-missing":
    "エージェントに、ブラウザー接続用のホストの証明書がありません。エージェントのホストに置いて /etc/genkan/agent.env に書き、サービスを再起動してください。",
  "approver-missing": "施設の「承認者」の役割の人を登録し、登録リンクでパスキーを作ってもらってください。",
  "agent-missing":
    "サーバーで下のコマンドを実行し、表示された参加コマンドを、機器のネットワークにあるホストで実行してください。",
  "agent-away":
    "エージェントがつながっていません。エージェントのサービスと、ゲートウェイの 443 番ポートへの外向きの通信を確かめてください。",
  "trust-not-accepted":
    "下のコマンドの指紋を「エージェント」の画面の承認者リストと見比べてから、エージェントのホストで実行してください。",
  "vendor-missing": "保守会社を登録してください。",
  "technician-missing": "保守会社の技術者を登録し、登録リンクを渡してください。",
  "device-missing": "エージェントの先にある機器を、アドレス・ポート・保守会社とともに登録してください。",
  "device-not-listed": "機器がエージェントの許可リストにありません。「エージェント」の画面に、加える行があります。",
  "device-not-tested": "「エージェント」の画面で、機器の「到達テスト」を押してください。",
  "device-not-reached": "機器に届いていません。「エージェント」の画面の、最後のテストの結果を見てください。",
  "session-missing": "技術者に短い時間帯を申請してもらい、承認し、接続して終えるまでを一度行ってください。",
  "export-missing": "「ログ」の画面でログを書き出し、下のコマンドで確かめてください。",
  "backup-missing": "復旧鍵を作り、バックアップを取ってください。鍵はバックアップと別の場所に保管します。",
  "backup-old": "最後のバックアップから 8 日以上たっています。毎日または毎週、自動で取るようにしてください。",
} as const satisfies Record<ChecklistReason, string>;
