import type { EndReason } from "../../protocol/end-reason.ts";

export const endReasons = {
  "ended-by-technician": "技術者が接続を終了しました。",
  "window-closed": "許可された時間帯が終わりました。",
  revoked: "承認者またはセキュリティ責任者が許可を取り消しました。",
  "ended-by-staff": "病院の職員が接続を切断しました。",
  locked: "人・端末・保守会社・機器・エージェント・施設・全体のいずれかがロックされています。",
  "fact-changed": "許可の前提(契約・同意・役割・端末)が変わり、条件を満たさなくなりました。",
  "lease-lost": "認可サーバーと連絡が取れなくなり、自動で切断しました。",
  "agent-lost": "エージェントが再起動したか、応答しなくなりました。",
  "gateway-lost": "ゲートウェイが再起動したか、応答しなくなりました。",
  "recorder-failed": "通信の記録が書けなくなり、接続を続けられませんでした。",
  "refused-by-gateway": "ゲートウェイが接続への道を開きませんでした。",
  "refused-by-agent": "エージェントが接続を拒否しました。",
  "certificate-changed": "機器の証明書が、受け入れ済みのものと違います。別の機器の恐れがあります。",
  "freeze-expired": "一時停止が上限の時間に達しました。",
  "never-used": "接続が準備されましたが、使われませんでした。",
} as const satisfies Record<EndReason, string>;
