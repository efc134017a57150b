import type { AuditProblem } from "../../protocol/audit-export.ts";

export const auditProblems = {
  "header-malformed": "先頭行が監査ログの見出しではありません。",
  "key-mismatch": "ファイルの鍵が、検証に使う鍵と違います。",
  "origin-mismatch": "鍵とは別のログです。",
  "line-malformed": "記録でもチェックポイントでもない行か、正規の形でない行があります。",
  "line-too-long": "行が長すぎます。",
  "index-out-of-order": "記録が欠けているか、挿入されたか、順序が変わっています。",
  "commitment-mismatch": "記録の内容が書き換えられています。",
  "leaf-mismatch": "記録の塩・約束値・葉のいずれかが書き換えられています。",
  "checkpoint-malformed": "チェックポイントの形式が正しくありません。",
  "checkpoint-origin": "別のログのチェックポイントです。",
  "checkpoint-signature": "チェックポイントの署名が鍵と合いません。",
  "checkpoint-size": "チェックポイントの件数が、その前の記録と合いません。",
  "checkpoint-root": "チェックポイントが署名した記録と違います。",
  truncated: "ファイルが途中で終わっています。",
  "kept-mismatch": "手元のチェックポイントの記録と違います。",
  "expected-mismatch": "期待した件数またはルートで終わっていません。",
} as const satisfies Record<AuditProblem, string>;
