import type { Text } from "./text.ts";

/** What is said of administering sites, devices, agents, gateways and contracts. */
export const registerMessages = {
  "register-kept": { en: "Saved: {name} ({id}).", ja: "保存しました: {name}({id})。" },
  "service-malformed": {
    en: '"{text}" is not NAME:PROTOCOL:ADDRESS:PORT, such as shell:ssh:10.1.2.3:22.',
    ja: "「{text}」は NAME:PROTOCOL:ADDRESS:PORT の形(例: shell:ssh:10.1.2.3:22)ではありません。",
  },
  "address-malformed": {
    en: '"{text}" is not HOST:PORT.',
    ja: "「{text}」は HOST:PORT の形ではありません。",
  },
  "join-command": {
    en: "On the agent's host, within the hour, with your own DIR and NAME:",
    ja: "1 時間以内に、エージェントのホストで実行してください(DIR と NAME は置き換えます):",
  },
  "line-fate": { en: "line {line}: {fate}  {about}", ja: "{line} 行目: {fate}  {about}" },
  added: { en: "added", ja: "追加" },
  changed: { en: "changed", ja: "変更" },
  unchanged: { en: "unchanged", ja: "変更なし" },
  refused: { en: "refused", ja: "拒否" },
  "import-dry": { en: "A dry run: nothing was kept.", ja: "試行のため、何も変更していません。" },
  "import-kept": {
    en: "Kept: {added} added, {changed} changed.",
    ja: "取り込みました: 追加 {added} 件、変更 {changed} 件。",
  },
  "import-refused": {
    en: "Nothing was kept, for lines were refused: {count}. Mend them and import again.",
    ja: "拒否された行が {count} 行あるため、何も変更していません。直してから、もう一度取り込んでください。",
  },
  "file-too-large": {
    en: "{file} is larger than {limit}. Split it.",
    ja: "{file} が {limit} を超えています。分けてください。",
  },
} as const satisfies Record<string, Text>;
