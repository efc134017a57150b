import type { Command } from "commander";
import {
  type PlaceOptions,
  personInvite,
  personLink,
  personList,
  personRecover,
  personRoles,
  personTurn,
} from "../../cli/person.ts";
import { personRemoveWorkstation, personWorkstations } from "../../cli/person-workstation.ts";
import { addSheetVerbs } from "./device-verbs.ts";
import { type AddVerb, type Option, said, why } from "./verb.ts";

const role: Option = ["--role <role,...>", said("as what, with commas between", "役割(カンマ区切り)"), "required"];
const place: readonly Option[] = [
  ["--site <id>", said("at this site", "この施設で")],
  ["--vendor <id>", said("at this vendor", "この保守会社で")],
  ["--installation", said("for the installation, with all its sites", "すべての施設で")],
  [
    "--until <time>",
    said("when it ends, such as 2027-04-01T00:00:00+09:00", "終了日時(例: 2027-04-01T00:00:00+09:00)"),
  ],
];

/** People, for whoever administers them: of a site, of a vendor, or all. */
export function addPersonVerbs(program: Command, verb: AddVerb): void {
  const person = program
    .command("person")
    .description(said("people whom you administer", "管理する人"))
    .helpCommand(false);
  verb(person, { usage: "list", about: said("who they are, and as what", "一覧") }, personList);
  verb<PlaceOptions & { name: string; role: string }>(
    person,
    {
      usage: "invite <login>",
      about: said("somebody new; shows their one-time link", "新しい人を招待し、一度だけ使えるリンクを表示"),
      options: [["--name <name>", said("their name", "名前"), "required"], role, ...place],
    },
    (cli, options, login = "") => personInvite(cli, login, options),
  );
  verb(
    person,
    {
      usage: "link <person>",
      about: said("another link for somebody who has not enrolled", "未登録の人にリンクを再発行"),
    },
    (cli, _options, name = "") => personLink(cli, name),
  );
  verb<PlaceOptions & { role: string }>(
    person,
    {
      usage: "roles <person>",
      about: said("what they are at a place, instead of all before", "所属での役割を置き換える"),
      options: [role, ...place],
    },
    (cli, options, name = "") => personRoles(cli, name, options),
  );
  verb<{ reason: string }>(
    person,
    {
      usage: "recover <person>",
      about: said(
        "their passkeys are lost: worthless now, and a link of a day",
        "パスキー紛失: 無効にして 24 時間のリンクを発行",
      ),
      options: [why],
    },
    (cli, options, name = "") => personRecover(cli, name, options.reason),
  );
  const workstation = person
    .command("workstation")
    .description(said("somebody's workstations", "その人の端末"))
    .helpCommand(false);
  verb(
    workstation,
    { usage: "list <person>", about: said("by what each is known, and when it was used", "鍵と最後の使用") },
    (cli, _options, name = "") => personWorkstations(cli, name),
  );
  verb<{ reason: string }>(
    workstation,
    {
      usage: "remove <person> <workstation>",
      about: said("theirs no more: cut what is connected from it", "端末を外し、そこからの接続を切断"),
      options: [why],
    },
    (cli, options, name = "", which = "") => personRemoveWorkstation(cli, name, which, options),
  );
  addSheetVerbs(person, verb, "person");
  for (const [name, about] of [
    ["disable", said("sign them out everywhere and cut their sessions", "サインアウトさせ、接続を切断して停止")],
    ["enable", said("let them in again", "再開")],
  ] as const)
    verb(person, { usage: `${name} <person>`, about }, (cli, _options, who = "") => personTurn(cli, who, name));
}
