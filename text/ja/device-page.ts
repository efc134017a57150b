/** What the agent says in a tab in the place of a device's answer. */
export const devicePages = {
  title: {
    "no-answer": "機器が応答せずに接続を閉じました。",
    out: "機器が、この接続に含まれない場所を開こうとしました。",
    granted: "機器が、許可された別のサービスを開こうとしました。",
  },
  why: {
    "not-http": "このポートの応答は Web ページではなく、別のプロトコルのようです。",
    "head-too-large": "応答のヘッダーが 256 KiB を超えています。",
    "head-with-zero": "応答のヘッダーに NUL 文字が含まれています。",
    "two-lengths": "応答の長さ（Content-Length）が二通り書かれています。",
    "two-targets": "転送先（Location）が二通り書かれています。",
    "two-names": "ファイル名（Content-Disposition）が二通り書かれています。",
    "unasked-switch": "要求していないプロトコルの切り替え（101）が返されました。",
  },
  next: {
    "no-answer":
      "機器には接続できましたが、応答がないまま切断されました。変更の操作をした直後であれば、機器側で実行されたかどうかを先に確認してから、このページを読み込み直してください。",
    native:
      "ブラウザーで直接開いても表示されません。メーカーのツールで使うサービスであれば、コマンドライン（genkan connect）で接続してください。",
    below: "機器が送った内容は下のとおりです。",
    out: "作業に必要であれば、下の場所をサービスとしてポータルで申請してください。機器のページに機器自身のアドレスが直接書かれている場合は、コマンドライン（genkan connect）で接続すると使えることがあります。",
    granted: "ポータルの許可から、下のサービスを開いてください。",
  },
} as const;
