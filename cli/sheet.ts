import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { SheetFates, type SheetLine } from "../protocol/api/sheet.ts";
import { limits } from "../protocol/limits.ts";
import type { SheetKind } from "../protocol/sheet.ts";
import { exitCodes } from "./exit-code.ts";
import { byteCount } from "./format.ts";
import type { Line, Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

const at = { device: "/api/register/devices", person: "/api/accounts" } as const satisfies Record<SheetKind, string>;

/** `genkan device import FILE` and `person import`: all lines or none. Fails if one is refused. */
export async function sheetImport(cli: Cli, kind: SheetKind, file: string, o: { dryRun?: true }): Promise<number> {
  const { terminal } = cli;
  const bytes = await readBounded(file);
  const body = { file: bytes.toString("base64url"), dryRun: o.dryRun === true };
  const fates = await signedIn(cli, "staff").post(`${at[kind]}/import`, body, SheetFates);
  const count = (fate: string) => fates.lines.filter((line) => line.fate === fate).length;
  const refused = count("refused");
  const end =
    refused > 0
      ? terminal.text("import-refused", { count: refused })
      : fates.kept
        ? terminal.text("import-kept", { added: count("added"), changed: count("changed") })
        : terminal.text("import-dry");
  terminal.result({ ...fates }, [...fates.lines.map((line) => said(terminal, line)), end]);
  return refused > 0 ? exitCodes.failed : exitCodes.done;
}

function said(terminal: Terminal, { line, about, fate, refusal }: SheetLine): Line {
  const head = terminal.text("line-fate", { line, fate: terminal.text(fate), about });
  if (!refusal) return { text: head, tone: fate === "unchanged" ? "plain" : "good" };
  const where = [refusal.column, refusal.found].filter((part) => part !== null).join(": ");
  const why = `${terminal.codes.lineFaults[refusal.fault]}${where === "" ? "" : ` (${where})`}`;
  return { text: `${head}  [${refusal.code}] ${why}`, tone: "bad" };
}

/** `genkan device export [FILE]` and `person export`: to a file, or as it is. */
export async function sheetExport(cli: Cli, kind: SheetKind, file: string | undefined): Promise<number> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await signedIn(cli, "staff").stream(`${at[kind]}/export`)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (file === undefined) {
    const csv = bytes.toString("utf8");
    cli.terminal.result({ csv }, csv.trimEnd().split("\r\n"));
    return exitCodes.done;
  }
  try {
    await writeFile(file, bytes, { mode: 0o600 });
  } catch (cause) {
    throw new UsageError("file-unwritable", { file }, { cause });
  }
  const words = { file, bytes: byteCount(bytes.length) };
  cli.terminal.result({ file, bytes: bytes.length }, [cli.terminal.text("exported", words)]);
  return exitCodes.done;
}

/** No more of a file than a server would take. */
async function readBounded(file: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of createReadStream(file, { end: limits.sheetBytes })) {
      chunks.push(chunk as Uint8Array);
      size += (chunk as Uint8Array).length;
    }
  } catch (cause) {
    throw new UsageError("file-unreadable", { file }, { cause });
  }
  if (size > limits.sheetBytes) throw new UsageError("file-too-large", { file, limit: byteCount(limits.sheetBytes) });
  return Buffer.concat(chunks);
}
