#!/usr/bin/env node
import { homedir, hostname } from "node:os";
import { Command, CommanderError } from "commander";
import { auditExport, auditProof } from "../cli/audit.ts";
import { auditVerify } from "../cli/audit-verify.ts";
import { configFolder } from "../cli/config-folder.ts";
import { connect } from "../cli/connect.ts";
import { approve, deny, revoke } from "../cli/decide.ts";
import { exitCodes } from "../cli/exit-code.ts";
import { list } from "../cli/list.ts";
import { lock, unlock } from "../cli/lock.ts";
import { fill, languageOf, messages } from "../cli/messages.ts";
import { Output } from "../cli/output.ts";
import { type RequestOptions, request } from "../cli/request.ts";
import { login, logout, whoami } from "../cli/sign-in.ts";
import { StateFolder } from "../cli/state-folder.ts";
import { Terminal } from "../cli/terminal.ts";
import type { Cli } from "../cli/verb.ts";
import { knownZone } from "../cli/zoned-time.ts";
import { openPage } from "./open-page.ts";

const { argv, env, platform, stderr, stdout } = process;
const language = languageOf(env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]);
const said = (en: string, ja: string) => (language === "ja" ? ja : en);

const interruption = new AbortController();
/** Verbs that end something properly on Ctrl-C; the others just stop. */
let graceful = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The second time whoever sits there does not want to wait for a server.
    if (!graceful || interruption.signal.aborted) process.exit(exitCodes.failed);
    interruption.abort();
  });
}

const output = new Output({
  out: stdout,
  err: stderr,
  line: (problem) => fill(messages["output-lost"][language], { problem }),
  goesOn: () => graceful,
  exit: (code) => process.exit(code ?? process.exitCode ?? exitCodes.failed),
});

process.on("exit", (code) => {
  process.exitCode = output.codeOf(code);
});

function terminalOf(options: { json?: boolean }): Terminal {
  return new Terminal({
    out: stdout,
    err: stderr,
    live: stderr.isTTY === true,
    columns: () => stderr.columns || 80,
    json: options.json === true,
    language,
  });
}

function cliOf(terminal: Terminal, options: { origin?: string }): Cli {
  return {
    folder: new StateFolder(configFolder(env, platform, homedir)),
    terminal,
    now: Date.now,
    zone: knownZone(Intl.DateTimeFormat().resolvedOptions().timeZone),
    hostName: hostname(),
    origin: options.origin,
    openPage: (page, of) => openPage(page, of, platform),
    interrupted: interruption.signal,
  };
}

const program = new Command("genkan");
program
  .description(
    said("Ask for access to a device, connect to it, and watch over it.", "機器への接続を申請し、接続し、見守ります。"),
  )
  .helpOption("-h, --help", said("show help", "使い方を表示"))
  .helpCommand(false)
  .exitOverride()
  .showHelpAfterError(said("Run with --help for how it is used.", "使い方は --help で表示されます。"));

/** One verb. `run` gets its arguments, then its options, and gives the exit code. */
function verb<O extends object>(
  parent: Command,
  usage: string,
  about: string,
  options: readonly (readonly [flags: string, about: string, required?: "required"])[],
  run: (cli: Cli, options: O, ...args: string[]) => number | Promise<number>,
): void {
  const command = parent.command(usage).description(about);
  command.option("--json", said("print JSON, one object a line", "JSON を 1 行に 1 件ずつ出力"));
  command.option("--origin <url>", said("speak to this server", "接続先のサーバー"));
  for (const [flags, text, required] of options) {
    if (required) command.requiredOption(flags, text);
    else command.option(flags, text);
  }
  command.action(async (...given: unknown[]) => {
    const chosen = command.opts<O & { json?: boolean; origin?: string }>();
    const terminal = terminalOf(chosen);
    try {
      process.exitCode = await run(cliOf(terminal, chosen), chosen, ...(given.slice(0, -2).flat() as string[]));
    } catch (error) {
      process.exitCode = interruption.signal.aborted ? exitCodes.failed : terminal.fail(error);
    }
  });
}

const why = ["--reason <text>", said("why; it is logged", "理由(ログに残ります)"), "required"] as const;

verb<{ portal?: string; staff?: string; ca?: string }>(
  program,
  "login",
  said("sign in, confirmed in a browser", "サインイン(ブラウザーで確認)"),
  [
    ["--portal <url>", said("as a technician, at this portal", "技術者として、このポータルに")],
    ["--staff <url>", said("as staff, at this address", "職員として、このアドレスに")],
    ["--ca <file>", said("trust these certificates too (PEM)", "この証明書も信頼する(PEM)")],
  ],
  login,
);
verb(program, "logout", said("sign out", "サインアウト"), [], logout);
verb(program, "whoami", said("who is signed in, and where", "サインイン中の人"), [], whoami);
verb(program, "ls", said("devices, requests, grants, live sessions", "機器・申請・許可・接続の一覧"), [], list);
verb<Omit<RequestOptions, "device" | "services">>(
  program,
  "request <device> <service...>",
  said("ask for a window", "接続を申請"),
  [
    [
      "--start <time>",
      said("2026-03-01T09:00, with Z or +09:00, or now", "開始(2026-03-01T09:00、Z や +09:00 付き、now)"),
      "required",
    ],
    ["--end <time>", said("the same, or +2h from the start", "終了(同様、または開始から +2h)"), "required"],
    [
      "--zone <iana>",
      said(
        "zone of times without offset; this computer's if left out",
        "時差のない時刻のタイムゾーン(省略時はこの端末)",
      ),
    ],
    ["--reason <text>", said("why", "理由"), "required"],
    ["--plan <text>", said("what will be done, step by step", "作業計画"), "required"],
  ],
  (cli, options, device = "", ...services) => request(cli, { ...options, device, services }),
);
verb<{ port?: string; grant?: string }>(
  program,
  "connect <device> <service>",
  said("open a port on this computer that leads to a service", "この端末のポートから機器のサービスに接続"),
  [
    ["--port <n>", said("port on 127.0.0.1; any free one if left out", "127.0.0.1 のポート(省略時は空きポート)")],
    ["--grant <id>", said("by this grant", "使う許可")],
  ],
  (cli, options, device = "", service = "") => {
    graceful = true;
    return connect(cli, { ...options, device, service });
  },
);
verb(
  program,
  "approve [request]",
  said("open the page on which requests are approved", "承認のページを開く"),
  [],
  (cli, _options, id) => approve(cli, id),
);
verb<{ reason: string }>(
  program,
  "deny <request>",
  said("deny a request", "申請を却下"),
  [why],
  (cli, options, id = "") => deny(cli, id, options.reason),
);
verb<{ reason: string }>(
  program,
  "revoke <grant>",
  said("revoke a grant and cut its sessions", "許可を取り消して切断"),
  [why],
  (cli, options, id = "") => revoke(cli, id, options.reason),
);
verb<{ reason: string }>(
  program,
  "lock <kind> [id]",
  said(
    "person, workstation, vendor, device, agent, site, everything: cut, and none new",
    "ロック(切断し、新たな接続も拒否)",
  ),
  [why],
  (cli, options, kind = "", id) => lock(cli, kind, id, options.reason),
);
verb<{ reason: string }>(
  program,
  "unlock <lock>",
  said("lift a lock", "ロックを解除"),
  [why],
  (cli, options, id = "") => unlock(cli, id, options.reason),
);
const audit = program.command("audit").description(said("the log", "監査ログ")).helpCommand(false);
verb<{ output: string }>(
  audit,
  "export",
  said("write the whole log to a file", "ログ全体をファイルに書き出す"),
  [["-o, --output <file>", said("the file", "ファイル"), "required"]],
  (cli, options) => {
    graceful = true;
    return auditExport(cli, options.output);
  },
);
verb<{ output: string }>(
  audit,
  "proof <index>",
  said("write the proof of one record to a file", "記録 1 件の証明をファイルに書き出す"),
  [["-o, --output <file>", said("the file, such as record.tlog-proof", "ファイル(例: record.tlog-proof)"), "required"]],
  (cli, options, index = "") => auditProof(cli, index, options.output),
);
verb<{ key: string; since?: string }>(
  audit,
  "verify <file>",
  said("verify an exported log, or the proof of a record, offline", "書き出したログや記録の証明をオフラインで検証"),
  [
    [
      "--key <key>",
      said("the log's verifier key, from elsewhere than the file", "ログの検証鍵(ファイル以外から入手したもの)"),
      "required",
    ],
    [
      "--since <file>",
      said(
        "an earlier export, or a kept checkpoint, that it must contain",
        "含まれているべき以前の書き出し、または保管したチェックポイント",
      ),
    ],
  ],
  (cli, options, file = "") => auditVerify(cli, file, options.key, options.since),
);

try {
  await program.parseAsync(argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  // The command line is not parsed yet, so this looks for the flag itself; people were told on stderr already.
  if (error.exitCode !== 0 && argv.includes("--json")) {
    stdout.write(`${JSON.stringify({ error: { code: "usage", detail: error.message, reasons: [] } })}\n`);
  }
}
