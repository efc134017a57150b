import type { Command } from "commander";
import {
  contractAdd,
  contractEdit,
  contractEnd,
  contractList,
  type DeviceOptions,
  deviceAdd,
  deviceEdit,
  serviceAdd,
  serviceEdit,
  serviceList,
  serviceTurn,
} from "../../cli/device.ts";
import { sheetExport, sheetImport } from "../../cli/sheet.ts";
import type { SheetKind } from "../../protocol/sheet.ts";
import { registerGroup } from "./register-verbs.ts";
import { type AddVerb, type Option, said } from "./verb.ts";

const words: readonly Option[] = [
  ["--model <text>", said("model", "型式")],
  ["--tags <list>", said("by which it is found, with commas", "タグ(コンマ区切り)")],
  ["--location <text>", said("where it stands", "設置場所")],
  ["--owner <text>", said("who answers for it", "院内の担当")],
  ["--notes <text>", said("what else is to be known", "備考")],
];
const vendor = said("the company that maintains it", "保守会社");
const agent = said("the agent beside it", "そばのエージェント");

/** Devices with their services and contracts, for administrators. */
export function addDeviceVerbs(program: Command, verb: AddVerb): void {
  const device = registerGroup(program, verb, "device", said("devices", "機器"));
  verb<DeviceOptions>(
    device,
    {
      usage: "add <name>",
      about: said("add a device", "機器を追加"),
      options: [["--agent <agent>", agent, "required"], ["--vendor <vendor>", vendor, "required"], ...words],
    },
    (cli, o, name = "") => deviceAdd(cli, name, o),
  );
  verb<DeviceOptions>(
    device,
    {
      usage: "edit <device>",
      about: said("change what is said of a device", "機器の内容を変更"),
      options: [
        ["--name <text>", said("new name", "新しい名前")],
        ["--agent <agent>", agent],
        ["--vendor <vendor>", vendor],
        ...words,
      ],
    },
    (cli, o, text = "") => deviceEdit(cli, text, o),
  );
  addSheetVerbs(device, verb, "device");
  addServiceVerbs(program, verb);
  addContractVerbs(program, verb);
}

/** CSV files in and out, for devices and people. */
export function addSheetVerbs(group: Command, verb: AddVerb, kind: SheetKind): void {
  verb<{ dryRun?: true }>(
    group,
    {
      usage: "import <file>",
      about: said(
        "add and change what a CSV file says: all its lines or none",
        "CSV から追加・変更(全行または何もしない)",
      ),
      options: [
        [
          "--dry-run",
          said("say what would become of each line, and keep nothing", "行ごとの結果だけを表示し、変更しない"),
        ],
      ],
    },
    (cli, o, file = "") => sheetImport(cli, kind, file, o),
  );
  verb(
    group,
    { usage: "export [file]", about: said("write them as a CSV file", "CSV に書き出す") },
    (cli, _options, file) => sheetExport(cli, kind, file),
  );
}

const port = "name:protocol:address:port";

function addServiceVerbs(program: Command, verb: AddVerb): void {
  const service = program
    .command("service")
    .description(said("services of devices", "機器のサービス"))
    .helpCommand(false);
  verb(
    service,
    { usage: "list <device>", about: said("show those of a device", "一覧") },
    (cli, _options, device = "") => serviceList(cli, device),
  );
  verb(
    service,
    {
      usage: `add <device> <${port}>`,
      about: said("add one, such as shell:ssh:10.1.2.3:22", "追加(例: shell:ssh:10.1.2.3:22)"),
    },
    (cli, _options, device = "", text = "") => serviceAdd(cli, device, text),
  );
  verb(
    service,
    { usage: `edit <device> <service> <${port}>`, about: said("say one anew", "変更") },
    (cli, _options, device = "", one = "", text = "") => serviceEdit(cli, device, one, text),
  );
  for (const [name, about] of [
    ["disable", said("cut its sessions, and let nobody ask for it", "停止(接続中は切断)")],
    ["enable", said("let it be used again", "再開")],
  ] as const)
    verb(service, { usage: `${name} <device> <service>`, about }, (cli, _options, device = "", one = "") =>
      serviceTurn(cli, device, one, name),
    );
}

function addContractVerbs(program: Command, verb: AddVerb): void {
  const contract = program
    .command("contract")
    .description(said("until when a vendor may touch a device", "保守契約"))
    .helpCommand(false);
  const from = said("first day, such as 2026-04-01, or a time", "初日(例: 2026-04-01)または日時");
  const until = said("last day, or a time", "最終日または日時");
  verb(contract, { usage: "list [device]", about: said("show them", "一覧") }, (cli, _options, device) =>
    contractList(cli, device),
  );
  verb<{ vendor?: string; from: string; until: string }>(
    contract,
    {
      usage: "add <device>",
      about: said("add one of its vendor, or of another", "保守会社の契約を追加"),
      options: [
        ["--from <time>", from, "required"],
        ["--until <time>", until, "required"],
        ["--vendor <vendor>", said("another company", "別の保守会社")],
      ],
    },
    (cli, o, device = "") => contractAdd(cli, device, o),
  );
  verb<{ from?: string; until?: string }>(
    contract,
    {
      usage: "edit <contract>",
      about: said("say anew when it runs", "期間を変更"),
      options: [
        ["--from <time>", from],
        ["--until <time>", until],
      ],
    },
    (cli, o, text = "") => contractEdit(cli, text, o),
  );
  verb(
    contract,
    { usage: "end <contract>", about: said("end it now, with the sessions on it", "今すぐ終了(接続も切断)") },
    (cli, _options, text = "") => contractEnd(cli, text),
  );
}
