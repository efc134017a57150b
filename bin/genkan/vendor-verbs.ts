import type { Command } from "commander";
import {
  type VendorOptions,
  vendorAdd,
  vendorConsent,
  vendorDossier,
  vendorEdit,
  vendorList,
  vendorOffboard,
} from "../../cli/vendor.ts";
import { type AddVerb, type Option, said, why } from "./verb.ts";

const options: readonly Option[] = [
  ["--contact <text>", said("whom the hospital calls", "病院からの連絡先")],
  ["--domains <list>", said("mail domains of its people, with commas", "社員のメールのドメイン(コンマ区切り)")],
];
const site: Option = ["--site <id>", said("hospital", "施設"), "required"];

/** The companies that maintain devices, for administrators. */
export function addVendorVerbs(program: Command, verb: AddVerb): void {
  const vendor = program.command("vendor").description(said("vendors", "保守会社")).helpCommand(false);
  verb(vendor, { usage: "list", about: said("show the vendors", "保守会社の一覧") }, vendorList);
  verb<VendorOptions & { site?: string }>(
    vendor,
    {
      usage: "add <name>",
      about: said("add a vendor", "保守会社を追加"),
      options: [...options, ["--site <id>", said("hospital for which it works first", "担当する施設")]],
    },
    (cli, o, name = "") => vendorAdd(cli, name, o),
  );
  verb<VendorOptions & { name?: string }>(
    vendor,
    {
      usage: "edit <vendor>",
      about: said("change what is said of a vendor", "保守会社の内容を変更"),
      options: [["--name <text>", said("new name", "新しい名前")], ...options],
    },
    (cli, o, name = "") => vendorEdit(cli, name, o),
  );
  verb<{ site: string; from?: string; until?: string; note?: string }>(
    vendor,
    {
      usage: "consent <vendor> <subcontractor>",
      about: said(
        "say until when a hospital lets a subcontractor work on a vendor's devices; without --until no more",
        "再委託への病院の同意を登録(--until がなければ同意なし)",
      ),
      options: [
        site,
        ["--from <time>", said("when it begins; now unless told", "開始(省略時は今)")],
        ["--until <time>", said("when it ends", "終了")],
        ["--note <text>", said("such as the number of the document", "同意書の番号など")],
      ],
    },
    (cli, o, name = "", subcontractor = "") => vendorConsent(cli, name, subcontractor, o),
  );
  verb<{ site: string; issued: string; expires?: string; reference?: string }>(
    vendor,
    {
      usage: "dossier <vendor> <kind> <number>",
      about: said("keep a paper: isms, privacy-mark, mds, sds, other", "書類を登録"),
      options: [
        site,
        ["--issued <day>", said("such as 2026-04-01", "発行日"), "required"],
        ["--expires <day>", said("last day on which it holds", "有効期限")],
        ["--reference <text>", said("where the paper lies", "保管場所")],
      ],
    },
    (cli, o, name = "", kind = "", number = "") => vendorDossier(cli, name, kind, number, o),
  );
  verb<{ site?: string; reason: string; erase: string; due: string }>(
    vendor,
    {
      usage: "offboard <vendor>",
      about: said(
        "end all that a vendor may do at a hospital, or everywhere, and cut what is connected",
        "保守会社との取引を終了(接続も切断)",
      ),
      options: [
        ["--site <id>", said("hospital; everywhere if left out", "施設(省略時はすべて)")],
        why,
        ["--erase <text>", said("what it must erase", "消去を求めるもの"), "required"],
        ["--due <day>", said("by when it confirms that, such as 2026-04-01", "消去を確認する期限"), "required"],
      ],
    },
    (cli, o, name = "") => vendorOffboard(cli, name, o),
  );
}
