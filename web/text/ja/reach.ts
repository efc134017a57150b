/** Whether devices are reached, and what agents say of themselves. */
export const reach = {
  reach: {
    services: "このエージェントの先の機器",
    none: "機器はまだありません",
    last: "{{at}} のテスト: {{found}}",
    never: "到達テストはまだです。",
    test: "到達テスト",
    testOf: "{{device}} {{service}} の到達テスト",
    done: "到達テストが終わりました",
    help: "エージェントが機器へ 1 回だけ接続してすぐに切ります。データは送りません。接続中の機器では行いません。",
    missing: "許可リストに足りない行",
    missingHelp:
      "エージェントが接続する先は、そのホストの許可リストだけが決めます。次の内容を、そのホストの許可リスト(/etc/genkan/agent/allow.json)の targets に加えてください。保存すると、数秒で有効になります。",
    wholeHelp:
      "エージェントが接続する先は、そのホストの許可リストだけが決めます。次の内容をそのホストの許可リスト(/etc/genkan/agent/allow.json)に書いてください。保存すると、数秒で有効になります。",
    missingOf: "{{name}} の許可リストに加える行",
    allowList: "許可リスト",
    version: "バージョン",
    disk: "空きディスク",
    state: {
      absent: "ファイルがありません。何にも接続できません",
      unusable: "読めません。何にも接続できません。理由はそのホストのログにあります",
      listed: "{{count}} 件のアドレスとポート",
    },
  },
} as const;
