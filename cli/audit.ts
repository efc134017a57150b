import { createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { auditExportLines } from "../crypto/audit-export.ts";
import { verifyAuditExport } from "../crypto/audit-verify.ts";
import { AuditPage } from "../protocol/api/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { exitCodes } from "./exit-code.ts";
import { byteCount } from "./format.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

/** `genkan audit export -o FILE`: the whole log, as JSON lines. The file appears when it is complete. */
export async function auditExport(cli: Cli, file: string): Promise<number> {
  const { terminal } = cli;
  const api = signedIn(cli);
  const { key } = await api.get("/api/audit?limit=1", AuditPage);
  const source = await api.stream("/api/audit/export");
  const part = `${file}.part`;
  const target = createWriteStream(part, { mode: 0o600 });
  try {
    await pipeline(source, target, { signal: cli.interrupted });
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true });
    const ours = ["open", "write", "close", "rename"].includes((cause as NodeJS.ErrnoException).syscall ?? "");
    if (ours) throw new UsageError("file-unwritable", { file }, { cause });
    throw new GenkanError("link-closed", "The export was not complete.", { cause });
  }
  const bytes = target.bytesWritten;
  terminal.note(terminal.text("export-key", { key }));
  terminal.result({ file, bytes, key }, [terminal.text("exported", { file, bytes: byteCount(bytes) })]);
  return exitCodes.done;
}

/**
 * `genkan audit verify FILE --key KEY`: offline. Exits 1, and names the first bad record, when the log is not whole, and
 * only then. With `since`, an earlier export or a kept checkpoint, the log must contain that one: so a cut at its end
 * shows too.
 */
export async function auditVerify(cli: Cli, file: string, key: string, since?: string): Promise<number> {
  const { terminal } = cli;
  const kept = since === undefined ? undefined : await keptCheckpoint(since);
  const verdict = await readLines(file, (lines) =>
    verifyAuditExport(lines, key, kept === undefined ? {} : { since: kept }),
  ).catch((cause: unknown) => {
    // The verifier throws only for a key or kept checkpoint that is not usable; that says nothing about the log.
    if (!(cause instanceof GenkanError)) throw cause;
    if (cause.code === "bad-request" || since === undefined) throw new UsageError("audit-key-malformed", {}, { cause });
    throw new UsageError("audit-since-refused", { file: since }, { cause });
  });
  if (verdict.ok) {
    const { records, erased, checkpoints, root, first = "–", last = "–" } = verdict;
    terminal.result(verdict, [terminal.text("audit-ok", { records, erased, checkpoints, root, first, last })]);
    return exitCodes.done;
  }
  const { firstBad, lastGood, line, between } = verdict;
  const problem = terminal.codes.auditProblems[verdict.problem];
  const lines = [
    terminal.text("audit-bad", { first: firstBad ?? terminal.text("none"), last: lastGood, line, problem }),
  ];
  if (between) lines.push(terminal.text("audit-between", { from: between[0], to: between[1] }));
  terminal.result(verdict, lines);
  return exitCodes.failed;
}

/** The note in a file: a checkpoint as it was kept, or the last one of an earlier export. */
function keptCheckpoint(file: string): Promise<string> {
  return readLines(file, async (lines) => {
    let note = "";
    const text: string[] = [];
    for await (const line of lines) {
      if (line.startsWith("{")) note = checkpointOf(line) ?? note;
      else if (text.length < noteLines) text.push(line);
    }
    return note === "" ? `${text.join("\n")}\n` : note;
  });
}

/** A checkpoint has a name, size and root, a blank line, and its signatures: more than this is none. */
const noteLines = 32;

function checkpointOf(line: string): string | undefined {
  try {
    const { checkpoint } = JSON.parse(line) as { checkpoint?: unknown };
    return typeof checkpoint === "string" ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}

/** What `read` makes of a file's lines. Throws `file-unreadable`, also when the file turns out to be none. */
async function readLines<T>(file: string, read: (lines: AsyncGenerator<string>) => Promise<T>): Promise<T> {
  try {
    const handle = await open(file);
    try {
      return await read(auditExportLines(handle.createReadStream({ autoClose: false })));
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new UsageError("file-unreadable", { file }, { cause });
  }
}
