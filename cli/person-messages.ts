import type { Text } from "./text.ts";

/** What is said of people whom somebody administers. */
export const personMessages = {
  "person-link": {
    en: "Enrolment link of {name}, shown this once, good until {until}. Whoever opens it first enrols; give it to nobody else:",
    ja: "{name}さんの登録リンクです(表示は今回だけ、期限 {until})。最初に開いた人が登録できます。本人だけに渡してください:",
  },
  "role-unknown": {
    en: '"{role}" is no role. One of: {known}',
    ja: "「{role}」という役割はありません。次のいずれかです: {known}",
  },
  "person-place-missing": {
    en: "Name the place: --site ID, --vendor ID or --installation.",
    ja: "所属を指定してください: --site ID、--vendor ID、または --installation",
  },
  "workstation-uses": { en: "since {since}, last used: {used}", ja: "登録 {since}、最後の使用: {used}" },
  "workstation-removed": {
    en: "Removed: {label}. What was connected from it is cut.",
    ja: "「{label}」を外しました。この端末からの接続は切断されました。",
  },
} as const satisfies Record<string, Text>;
