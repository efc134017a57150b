#!/usr/bin/env node
import { styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { exitCodes } from "../cli/exit-code.ts";
import { commandLineChecks } from "./doctor/command-line.ts";
import { examine } from "./doctor/verb.ts";
import { addAccessVerbs } from "./genkan/access-verbs.ts";
import { addAuditVerbs } from "./genkan/audit-verbs.ts";
import { addCompletionVerbs } from "./genkan/completion-verbs.ts";
import { addDeviceVerbs } from "./genkan/device-verbs.ts";
import { addOversightVerbs } from "./genkan/oversight-verbs.ts";
import { addPersonVerbs } from "./genkan/person-verbs.ts";
import { addRegisterVerbs } from "./genkan/register-verbs.ts";
import { addSetupVerbs } from "./genkan/setup-verbs.ts";
import { addSignInVerbs } from "./genkan/sign-in-verbs.ts";
import { helpTitle, usageError } from "./genkan/usage-words.ts";
import { addVendorVerbs } from "./genkan/vendor-verbs.ts";
import { inJapanese, said, verbAdder } from "./genkan/verb.ts";
import { versionLine } from "./version.ts";

const { argv, stderr, stdout } = process;

const program = new Command("genkan");
program
  .description(
    said("Ask for access to a device, connect to it, and watch over it.", "機器への接続を申請し、接続し、見守ります。"),
  )
  .version(versionLine("genkan"), "-V, --version", said("show the version", "バージョンを表示"))
  .helpOption("-h, --help", said("show help", "使い方を表示"))
  .helpCommand(false)
  .exitOverride()
  .configureHelp({ styleTitle: (title) => styleText("bold", helpTitle(title, inJapanese)) })
  .configureOutput({
    outputError: (text, write) => write(styleText("red", usageError(text, inJapanese), { stream: stderr })),
  })
  .showHelpAfterError(said("Run with --help for how it is used.", "使い方は --help で表示されます。"));

const verb = verbAdder();
addSignInVerbs(program, verb);
addAccessVerbs(program, verb);
addOversightVerbs(program, verb);
addPersonVerbs(program, verb);
addAuditVerbs(program, verb);
addCompletionVerbs(program, verb);
verb(
  program,
  { usage: "doctor", about: said("look at what it needs, and say what to do", "動作に必要なものを調べ、対処を示す") },
  async (cli, o: { json?: true }) => {
    await examine("genkan", o, [commandLineChecks(cli)]);
    return process.exitCode === 1 ? exitCodes.failed : exitCodes.done;
  },
);
addVendorVerbs(program, verb);
addRegisterVerbs(program, verb);
addDeviceVerbs(program, verb);
addSetupVerbs(program, verb);

/** Asked for the help of a verb that there is not, commander would show the program's own, and call it a success. */
function refuseUnknownVerb(): void {
  let at: Command = program;
  const path: string[] = [];
  for (const word of argv.slice(2).filter((each) => !each.startsWith("-"))) {
    if (at.commands.length === 0) return;
    path.push(word);
    const next = at.commands.find((command) => command.name() === word);
    if (next === undefined) program.parse(["node", "genkan", ...path]);
    else at = next;
  }
}

async function begin(): Promise<void> {
  refuseUnknownVerb();
  await program.parseAsync(argv);
}

begin().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  // The command line is not parsed yet, so this looks for the flag itself; people were told on stderr already.
  if (error.exitCode !== 0 && argv.includes("--json")) {
    stdout.write(`${JSON.stringify({ error: { code: "usage", detail: error.message, reasons: [] } })}\n`);
  }
});
