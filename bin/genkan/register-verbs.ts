import type { Command } from "commander";
import { addKept, agentToken, changeKept, type Kind, keptList, keptTurn } from "../../cli/register.ts";
import { parseFingerprint } from "../../crypto/thumbprint.ts";
import { parseHostPort } from "../address.ts";
import { type AddVerb, type Option, said } from "./verb.ts";

/** The group of verbs about one kind of thing, with those that each kind has. */
export function registerGroup(program: Command, verb: AddVerb, kind: Kind, about: string): Command {
  const group =
    program.commands.find((command) => command.name() === kind) ??
    program.command(kind).description(about).helpCommand(false);
  if (kind !== "vendor")
    verb(group, { usage: "list", about: said("show them all", "一覧") }, (cli) => keptList(cli, kind));
  for (const [name, what] of [
    ["disable", said("refuse it until it is enabled, and cut what is connected", "停止(接続中は切断)")],
    ["enable", said("let it be used again", "再開")],
  ] as const)
    if (kind !== "vendor" || name === "enable")
      verb(group, { usage: `${name} <${kind}>`, about: what }, (cli, _options, text = "") =>
        keptTurn(cli, kind, text, name),
      );
  return group;
}

/** Sites, agents and gateways, for administrators. */
export function addRegisterVerbs(program: Command, verb: AddVerb): void {
  registerGroup(program, verb, "vendor", "");

  const site = registerGroup(program, verb, "site", said("hospitals", "施設"));
  const contact: Option = ["--contact <text>", said("whom a technician calls at night", "夜間の連絡先")];
  verb<{ zone: string; contact?: string }>(
    site,
    {
      usage: "add <name>",
      about: said("add a hospital", "施設を追加"),
      options: [
        ["--zone <zone>", said("its time zone, such as Asia/Tokyo", "タイムゾーン(例: Asia/Tokyo)"), "required"],
        contact,
      ],
    },
    (cli, { zone, contact: call = null }, name = "") => addKept(cli, "site", { name, zone, contact: call }),
  );
  verb<{ name?: string; zone?: string; contact?: string }>(
    site,
    {
      usage: "edit <site>",
      about: said("change what is said of a hospital", "施設の内容を変更"),
      options: [
        ["--name <text>", said("new name", "新しい名前")],
        ["--zone <zone>", said("its time zone", "タイムゾーン")],
        contact,
      ],
    },
    (cli, o, text = "") =>
      changeKept(cli, "site", text, (before) => ({
        name: o.name ?? before.name,
        zone: o.zone ?? before.zone,
        contact: o.contact === undefined ? before.contact : o.contact || null,
      })),
  );

  const agent = registerGroup(program, verb, "agent", said("agents beside the devices", "機器のそばのエージェント"));
  verb(
    agent,
    {
      usage: "token <site>",
      about: said("the command that joins an agent, shown once", "エージェントを参加させるコマンドを表示"),
    },
    (cli, _options, text = "") => agentToken(cli, text),
  );
  verb(
    agent,
    { usage: "rename <agent> <name>", about: said("call it otherwise", "名前を変更") },
    (cli, _options, text = "", name = "") => changeKept(cli, "agent", text, () => ({ name })),
  );

  const gateway = registerGroup(program, verb, "gateway", said("gateways that the authority dials", "ゲートウェイ"));
  const where = said("where it is reached, HOST:PORT", "接続先(HOST:PORT)");
  const key = said("its fingerprint, SHA256:...", "フィンガープリント(SHA256:...)");
  verb<{ address: string; key: string }>(
    gateway,
    {
      usage: "add <name>",
      about: said("add a gateway", "ゲートウェイを追加"),
      options: [
        ["--address <host:port>", where, "required"],
        ["--key <fingerprint>", key, "required"],
      ],
    },
    (cli, o, name = "") => addKept(cli, "gateway", { name, ...addressOf(o.address), key: parseFingerprint(o.key) }),
  );
  verb<{ name?: string; address?: string; key?: string }>(
    gateway,
    {
      usage: "edit <gateway>",
      about: said("change what is said of a gateway", "ゲートウェイの内容を変更"),
      options: [
        ["--name <text>", said("new name", "新しい名前")],
        ["--address <host:port>", where],
        ["--key <fingerprint>", key],
      ],
    },
    (cli, o, text = "") =>
      changeKept(cli, "gateway", text, ({ name, host, port, key: known }) => ({
        name: o.name ?? name,
        ...(o.address === undefined ? { host, port } : addressOf(o.address)),
        key: o.key === undefined ? known : parseFingerprint(o.key),
      })),
  );
}

const addressOf = (text: string) => parseHostPort(text, `${text}: HOST:PORT?`);
