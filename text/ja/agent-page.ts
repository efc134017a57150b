/** What the agent itself says in a tab of the browser, where no code of `error.ts` says it. */
export const agentPages = {
  title: { "not-entered": "このページを開く許可が確認できません。", ended: "接続は終了しました。" },
  next: {
    again: "このタブを閉じ、ポータルの許可でもう一度「ブラウザーで開く」を押してください。",
    device: "機器のページから操作してください。",
    printed:
      "コマンドラインが表示した http://127.0.0.1:ポート番号/ を、新しいタブで開いてください。見覚えのないページから来た場合は、そのページを閉じてください。",
    reload: "そのあと、このページを読み込み直してください。",
    connect: "続ける場合は、ポータルから新しく接続してください。",
  },
} as const;
