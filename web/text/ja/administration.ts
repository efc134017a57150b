export const administration = {
  area: {
    checklist: {
      title: "導入チェックリスト",
      lead: "空の状態から最初の接続の証明まで、上から順に進めます。できた項目は自動で緑になります。",
    },
    people: {
      title: "人",
      lead: "この玄関を使う人です。招待し、役割と期限を決め、使わなくなった人を停止します。",
    },
    sites: {
      title: "施設",
      lead: "この玄関が守る病院です。名前とタイムゾーンは、申請・許可・ログに表示されます。",
    },
    vendors: {
      title: "保守会社",
      lead: "機器を保守する会社です。保守契約・書類・再委託先を管理します。",
    },
  },
  record: {
    edit: "変更する",
    save: "保存する",
    done: "保存しました。",
    active: "使用中",
    disabled: "停止中",
    disable: "停止する",
    enable: "再開する",
  },
  site: {
    add: "施設を追加",
    editTitle: "施設の内容を変更",
    none: "施設はまだありません",
    noneHelp: "最初の病院を追加してください。",
    name: "名前",
    nameHelp: "申請や承認の画面に表示されます。",
    zone: "タイムゾーン",
    zoneHelp: "保守の時間は、この施設の時刻で表示されます。",
    contact: "夜間の連絡先",
    contactHelp: "困ったときに技術者がかける電話番号など",
    contactMissing: "まだありません",
    disableAsk: "「{{name}}」を停止します。接続中のものは切断され、再開するまで誰も申請・接続できません。",
    enableAsk: "「{{name}}」を再開します。有効な許可があれば、再び接続できるようになります。",
  },
} as const;
