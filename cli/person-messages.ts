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
} as const satisfies Record<string, Text>;
