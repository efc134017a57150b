import type { LineFault } from "../../protocol/sheet.ts";

/** Why a line of a CSV file can't be taken, and what to do about it. */
export const lineFaults = {
  "encoding-unknown": "文字コードが UTF-8 でも Shift_JIS でもありません。CSV UTF-8 で保存し直してください。",
  "csv-malformed": "CSV として読めません。引用符の閉じ忘れがないか確かめてください。",
  "lines-too-many": "行が多すぎます。ファイルを分けてください。",
  "column-unknown": "知らない列名です。1 行目をエクスポートしたファイルと同じにしてください。",
  "column-twice": "同じ列が二つあります。",
  "column-missing": "必要な列がありません。",
  "cells-too-many": "1 行目より列が多い行です。カンマを含む値は引用符で囲んでください。",
  "cell-missing": "値を入れてください。",
  "cell-malformed": "この列に入れられる値ではありません。",
  "name-unknown": "この名前や ID のものはありません。表記を確かめてください。",
  "name-ambiguous": "同じ名前のものが複数あります。ID で指定してください。",
  "time-without-zone": "日付だけではタイムゾーンが分かりません。2027-04-01T00:00:00+09:00 のように書いてください。",
  "line-twice": "同じものの行が前にもあります。",
  "site-differs": "エージェントはこの施設のものではありません。",
  "place-differs": "機器はほかの施設に移せません。停止して、そちらで追加してください。",
  "grant-open": "有効な許可があるため変更できません。許可を取り消すか、終わってから取り込んでください。",
  "login-taken": "このログイン名はすでに使われています。",
  "person-name-differs": "このログイン名の人は別の名前です。別の人なら、ほかのログイン名にしてください。",
  "not-oneself": "自分自身の役割は変えられません。ほかの管理者が行います。",
  "act-refused": "この行の変更は行えません。",
} as const satisfies Record<LineFault, string>;
