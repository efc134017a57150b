import { homedir, hostname } from "node:os";
import type { Command } from "commander";
import { configFolder } from "../../cli/config-folder.ts";
import { exitCodes } from "../../cli/exit-code.ts";
import { languageOf, messages } from "../../cli/messages.ts";
import { Output } from "../../cli/output.ts";
import { StateFolder } from "../../cli/state-folder.ts";
import { Terminal } from "../../cli/terminal.ts";
import { fill } from "../../cli/text.ts";
import type { Cli } from "../../cli/verb.ts";
import { knownZone } from "../../cli/zoned-time.ts";
import { openPage } from "../open-page.ts";

const { env, platform, stderr, stdout } = process;
const language = languageOf(env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]);

/** What a help text says in the person's language. */
export const said = (en: string, ja: string): string => (language === "ja" ? ja : en);
export const inJapanese = language === "ja";

export type Option = readonly [flags: string, about: string, required?: "required"];

/** Why somebody denies, revokes, locks or lifts. */
export const why: Option = ["--reason <text>", said("why; it is logged", "理由(ログに残ります)"), "required"];

/** The same where nobody should have to type before the danger is over. */
export const optionalWhy: Option = ["--reason <text>", why[1]];

export interface VerbOptions {
  readonly usage: string;
  readonly about: string;
  readonly options?: readonly Option[];
  /** Not for people: no help names it. */
  readonly hidden?: boolean;
  /** Ends something properly on Ctrl-C; the others just stop. */
  readonly graceful?: boolean;
}

/** Adds one verb. `run` gets its arguments, then its options, and gives the exit code. */
export type AddVerb = <O extends object>(
  parent: Command,
  verb: VerbOptions,
  run: (cli: Cli, options: O, ...args: string[]) => number | Promise<number>,
) => void;

/** What every verb of this process shares: its output, and what Ctrl-C means. */
export function verbAdder(): AddVerb {
  const interruption = new AbortController();
  let graceful = false;
  // A terminal that is closed, and ssh when it ends its proxy, hang up.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // The second time whoever sits there does not want to wait for a server.
      if (!graceful || interruption.signal.aborted) process.exit(exitCodes.failed);
      interruption.abort();
    });
  }
  const output = new Output({
    out: stdout,
    err: stderr,
    line: (problem) => fill(messages["output-lost"], language, { problem }),
    goesOn: () => graceful,
    exit: (code) => process.exit(code ?? process.exitCode ?? exitCodes.failed),
  });
  process.on("exit", (code) => {
    process.exitCode = output.codeOf(code);
  });
  return (parent, { usage, about, options = [], graceful: ends = false, hidden = false }, run) => {
    const command = parent.command(usage, { hidden }).description(about);
    command.option("--json", said("print JSON, one object a line", "JSON を 1 行に 1 件ずつ出力"));
    command.option("--origin <url>", said("speak to this server", "接続先のサーバー"));
    for (const [flags, text, required] of options) {
      if (required) command.requiredOption(flags, text);
      else command.option(flags, text);
    }
    command.action(async (...given: unknown[]) => {
      graceful = ends;
      const chosen = command.opts<Parameters<typeof run>[1] & { json?: boolean; origin?: string }>();
      const terminal = terminalOf(chosen.json === true);
      try {
        const cli = cliOf(terminal, chosen.origin, interruption.signal);
        process.exitCode = await run(cli, chosen, ...(given.slice(0, -2).flat() as string[]));
      } catch (error) {
        process.exitCode = interruption.signal.aborted ? exitCodes.failed : terminal.fail(error);
      }
    });
  };
}

function terminalOf(json: boolean): Terminal {
  return new Terminal({
    out: stdout,
    err: stderr,
    live: stderr.isTTY === true,
    columns: () => stderr.columns || 80,
    json,
    language,
  });
}

function cliOf(terminal: Terminal, origin: string | undefined, interrupted: AbortSignal): Cli {
  return {
    folder: new StateFolder(configFolder(env, platform, homedir)),
    terminal,
    now: Date.now,
    zone: knownZone(Intl.DateTimeFormat().resolvedOptions().timeZone),
    hostName: hostname(),
    origin,
    openPage: (page, of) => openPage(page, of, platform),
    interrupted,
  };
}
