/** Setting an installation up. */
export const setup = {
  checklist: {
    done: "すべて完了しました。この画面はいつでも見られます。",
    left: "あと {{count}} 項目",
    isDone: "完了",
    isOpen: "これから",
    command: "{{step}} のコマンド",
    go: "{{place}}を開く",
  },
  firstRun: {
    title: "はじめの設定",
    lead: "まだ管理者がいません。サーバーの画面に表示されたコードを入力した方が、最初の管理者になります。",
    code: "最初のコード",
    codeHelp:
      "genkan-authority init が表示したものです。なくしたときは、サーバーで genkan-authority first-code を実行してください。",
    name: "お名前",
    nameHelp: "画面とログに表示されます。",
    login: "ログイン名",
    loginHelp: "メールアドレスなど。あとで変えられません。",
    begin: "次へ(パスキーを作ります)",
  },
} as const;
