import { samplePeople } from "../../sample/hospital.ts";
import { type Enrolment, enrolling } from "./people.ts";
import type { Addresses } from "./world.ts";

/** What a newcomer reads when everything is up: where to go and what to do, in Japanese and in English. */
export function directions(addresses: Addresses, enrolments: readonly Enrolment[], masterKey: string): string {
  const links = enrolments.map(({ login, url }) => {
    const person = enrolling.find((one) => one.login === login);
    const name = samplePeople.find((one) => one.login === login)?.name ?? login;
    return `    ${name} — ${person?.ja} / ${person?.en}\n      ${url}`;
  });
  const enrol =
    links.length === 0
      ? ["  1. 全員登録済みです。そのままサインインできます。/ Everybody has enrolled: sign in with the passkeys.", ""]
      : [
          "  1. 登録リンク（一度だけ、別々のブラウザープロファイルで）/ Enrolment links, good once, each in a browser profile of its own:",
          "",
          ...links,
          "",
        ];
  return [
    "",
    "  玄関 Genkan が動いています / Genkan is running",
    "",
    `    ポータル（技術者） / portal (technicians)  ${addresses.portalOrigin}`,
    `    院内（承認・監視） / staff (approve, watch) ${addresses.staffOrigin}`,
    "",
    "  Chromium か Firefox で開いてください。証明書の手順はいりません。",
    "  Open them in Chromium or Firefox; no certificate step is needed.",
    "",
    ...enrol,
    "  2. 技術者が作業を申請し、承認者がパスキーで承認すると、時間内だけ機器につながります。",
    "     The technician asks for a window, the approver says yes with the passkey, and the device",
    "     can be reached until the window closes or somebody cuts it.",
    "",
    "     ターミナルから / from a terminal:",
    `       npm run -s genkan -- login --portal ${addresses.portalOrigin}`,
    "",
    "  3. 認証器がない方は、別の端末で npm run story を実行すると全体を自動で見られます。",
    "     No authenticator at hand? Watch the whole job run by itself: npm run story",
    "",
    "  マスター鍵（データを読むのに必要。データとは別の場所） / master key (opens the data, and lies apart from it):",
    `    ${masterKey}`,
    "",
    "  終了は Ctrl-C。次の npm start は同じデータで続きます。最初からは npm start -- --fresh",
    "  Ctrl-C ends it; the next npm start goes on with the same data; npm start -- --fresh begins anew.",
    "",
  ].join("\n");
}
