import type { Command } from "commander";
import { namesFor } from "../../cli/completion-names.ts";
import { exitCodes } from "../../cli/exit-code.ts";
import { clean } from "../../cli/terminal.ts";
import { UsageError } from "../../cli/usage-error.ts";
import { complete } from "./complete.ts";
import { type Shell, scripts, shells } from "./completion-script.ts";
import { type AddVerb, said } from "./verb.ts";

/** Completion by a shell: its script, and what the script asks. */
export function addCompletionVerbs(program: Command, verb: AddVerb): void {
  verb(
    program,
    {
      usage: "completion <shell>",
      about: said("script for a shell: bash, zsh, powershell", "シェル補完のスクリプト: bash、zsh、powershell"),
    },
    ({ terminal }, _options, shell = "") => {
      if (!isShell(shell)) throw new UsageError("shell-unknown", { shell, known: shells.join(", ") });
      terminal.result({ shell, script: scripts[shell] }, scripts[shell].trimEnd().split("\n"));
      return exitCodes.done;
    },
  );
  verb<{ next?: boolean }>(
    program,
    { usage: "complete [words...]", about: "", options: [["--next", "the word is yet to come"]], hidden: true },
    async (cli, { next }, ...words) => {
      const found = await complete(program, next ? [...words, ""] : words, (wanted) => namesFor(cli, wanted));
      const lines = found.map(({ word, about }) => `${word}\t${clean(about)}`);
      // Not by the terminal, which takes tabs out. An answer that came too late is not waited for.
      process.stdout.write(lines.map((line) => `${line}\n`).join(""), () => process.exit(exitCodes.done));
      return exitCodes.done;
    },
  );
}

const isShell = (text: string): text is Shell => (shells as readonly string[]).includes(text);
