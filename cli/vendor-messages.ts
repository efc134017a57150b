import type { Text } from "./text.ts";

/** What is said of administering vendors. */
export const vendorMessages = {
  disabled: { en: "disabled", ja: "停止中" },
  "vendor-kept": { en: "Saved: {name} ({id}).", ja: "保存しました: {name}({id})。" },
  "dossier-kind-unknown": {
    en: '"{kind}" is no kind of paper. One of: {known}',
    ja: "「{kind}」という書類の種類はありません。次のいずれかです: {known}",
  },
} as const satisfies Record<string, Text>;
