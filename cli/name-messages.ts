import type { Text } from "./text.ts";

/** What is said of a name that means nothing, or too much. */
export const nameMessages = {
  "name-unknown": {
    en: 'There is no such {noun}: "{name}". There is: {known}',
    ja: "「{name}」という{noun}はありません。あるもの: {known}",
  },
  "name-ambiguous": {
    en: '"{name}" means more than one {noun}. Say which, by the beginning of its ID: {known}',
    ja: "「{name}」に当たる{noun}は複数あります。ID の先頭で指定してください: {known}",
  },
} as const satisfies Record<string, Text>;
