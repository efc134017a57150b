/** What commander says in English of a line that it did not understand, and of its help, in Japanese. */
const sentences: readonly (readonly [said: RegExp, ja: string])[] = [
  [/^missing required argument '(.+)'$/, "引数 $1 を指定してください。"],
  [/^required option '(.+)' not specified$/, "オプション $1 を指定してください。"],
  [/^option '(.+)' argument missing$/, "オプション $1 の値を指定してください。"],
  [/^unknown option '(.+)'$/, "オプション $1 はありません。"],
  [/^unknown command '(.+)'$/, "コマンド $1 はありません。"],
  [
    /^too many arguments(?: for '(.+)')?\. Expected (\d+) arguments? but got (\d+).*$/,
    "引数が多すぎます($2 個のところに $3 個)。",
  ],
  [/^\(Did you mean one of (.+)\?\)$/, "もしかして: $1"],
  [/^\(Did you mean (.+)\?\)$/, "もしかして: $1"],
];

const titles: Readonly<Record<string, string>> = {
  "Usage:": "使い方:",
  "Arguments:": "引数:",
  "Options:": "オプション:",
  "Commands:": "コマンド:",
};

/** An error of commander's, which begins with `error: ` and may have a line with a proposal. */
export function usageError(text: string, japanese: boolean): string {
  const lines = text.replace(/^error: /, "").split("\n");
  return `genkan: ${(japanese ? lines.map(inJapanese) : lines).join("\n")}`;
}

export const helpTitle = (title: string, japanese: boolean): string => (japanese ? (titles[title] ?? title) : title);

function inJapanese(line: string): string {
  const [said, ja] = sentences.find(([pattern]) => pattern.test(line)) ?? [];
  return said === undefined || ja === undefined ? line : line.replace(said, ja);
}
