import type { Command } from "commander";
import { versionLine } from "../version.ts";
import { type Finding, found, type Language, report } from "./finding.ts";

interface DoctorOptions {
  readonly json?: true;
}

const { env } = process;
const named = [env["LC_ALL"], env["LC_MESSAGES"], env["LANG"]].find((text) => text) ?? "";
const language: Language = named.toLowerCase().startsWith("ja") ? "ja" : "en";

/** What every doctor takes; a clock is compared with that of a page. */
export function doctorOptions(command: Command): Command {
  return command
    .option("--portal <url>", "page whose clock is compared with this host's, such as the portal")
    .option("--json", "print one JSON line");
}

/** Looks at what a program needs, and says what to do where it is not so. Exits 1 where something fails. */
export async function examine(
  program: string,
  o: DoctorOptions,
  checks: readonly (Promise<Finding | readonly Finding[]> | Finding)[],
): Promise<void> {
  const findings = [
    found("ok", "version", { version: versionLine(program) }),
    ...(await Promise.all(checks.map(async (check) => check))).flat(),
  ];
  process.exitCode = report(findings, { json: o.json, language, write: (text) => void process.stdout.write(text) });
}
