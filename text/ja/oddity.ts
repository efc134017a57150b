import type { Oddity } from "../../protocol/oddity.ts";

/** Of a device, in a row of a recording. */
export const oddities = {
  "line-ends": "ヘッダーの改行が LF だけです。",
  "status-line": "ステータス行の書き方が規格と違います。",
  fields: "ヘッダーに、規格と違う行があります。",
  lengths: "長さ（Content-Length）の書き方が規格と違うか、余分です。",
  coding: "使えない転送符号（Transfer-Encoding）が書かれています。",
  chunks: "チャンクの書き方が規格と違います。",
  interim: "求めていない途中の応答（1xx）が来ました。",
  "head-cut-short": "ヘッダーの途中で接続が閉じられました。",
  "body-cut-short": "本文の途中で接続が閉じられたか、チャンクを読み取れませんでした。",
  "more-than-asked": "応答の後に余分なデータが来ました。",
  early: "要求を送り終える前に応答が来たため、残りは送りませんでした。",
  "second-try": "応答のないまま接続が閉じられたため、新しい接続でもう一度送りました。",
} as const satisfies Record<Oddity, string>;
