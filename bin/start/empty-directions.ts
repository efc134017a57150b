import { typedHere } from "./empty.ts";
import type { World } from "./world.ts";

/** What whoever sets up an empty installation reads when it is up: the first code, where it goes, and what stands behind it. */
export function emptyDirections(world: World, code: { firstCode?: string; firstCodeUntil?: string }): string {
  const { portalOrigin, staffOrigin, nurseCall, vitalMonitor, infusionPump } = world.addresses;
  const aliases = Object.entries(typedHere(world)).map(
    ([name, line]) => `       alias ${name}='${line.replaceAll("'", `'\\''`)}'`,
  );
  const first =
    code.firstCode === undefined
      ? [
          "  1. 管理者はいます。院内ページにサインインしてください。/ There is an administrator: sign in on the staff page.",
        ]
      : [
          `  1. 院内ページを開き、最初のコードを入れてください（1 時間、1 回だけ）。なくしたら npm start をもう一度。`,
          "     Open the staff page and enter the first code, good for an hour and once. If it is lost: npm start again.",
          "",
          `       ${code.firstCode}`,
        ];
  return [
    "",
    "  玄関 Genkan が、空の状態で動いています / Genkan is running, and is empty",
    "",
    `    院内（ここから） / staff (begin here)       ${staffOrigin}`,
    `    ポータル（技術者） / portal (technicians)   ${portalOrigin}`,
    "",
    ...first,
    "",
    "  2. 管理 → チェックリストが、残りを順に示します。",
    "     Administration → Checklist leads through the rest, and turns green by itself.",
    "",
    "  3. ページが示すコマンドは、次の 2 行を入れたターミナルでそのまま動きます。エージェントは参加すると自動で起動します。",
    "     The commands that the pages show run as they stand in a terminal with these two lines. The agent starts by itself",
    "     as soon as it has joined:",
    "",
    ...aliases,
    "",
    "  4. 登録できる見本の機器（許可リストに入っています） / sample devices to register, on the allow-list already:",
    `       http ${nurseCall}   ssh ${vitalMonitor} (service / service)   tcp ${infusionPump}`,
    "",
    "  マスター鍵（データを読むのに必要。データとは別の場所） / master key (opens the data, and lies apart from it):",
    `    ${world.masterKeyFile}`,
    "",
    "  終了は Ctrl-C。次の npm start は同じデータで続きます。最初からは npm start -- --fresh --empty",
    "  Ctrl-C ends it; the next npm start goes on with the same data; npm start -- --fresh --empty begins anew.",
    "",
  ].join("\n");
}
