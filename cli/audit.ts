import { createWriteStream } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Missing } from "../crypto/audit-export.ts";
import { LineSplitter } from "../crypto/audit-file.ts";
import { AuditPage } from "../protocol/api/audit.ts";
import type { AuditExportMissing } from "../protocol/audit-export.ts";
import { exitCodes } from "./exit-code.ts";
import { byteCount } from "./format.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

/**
 * `genkan audit export -o FILE`: the whole log, as JSON lines. The file appears when it is complete; what came of one that
 * breaks off is kept beside it. Exits 1 when the server says that its log is damaged.
 */
export async function auditExport(cli: Cli, file: string): Promise<number> {
  const { terminal } = cli;
  const api = signedIn(cli);
  const { key } = await api.get("/api/audit?limit=1", AuditPage);
  const source = await api.stream("/api/audit/export");
  const part = `${file}.part`;
  const target = createWriteStream(part, { mode: 0o600 });
  const missing: Missing[] = [];
  try {
    await pipeline(source, (chunks: Readable) => watched(chunks, missing), target, { signal: cli.interrupted });
    await rename(part, file);
  } catch (cause) {
    const ours = ["open", "write", "close", "rename"].includes((cause as NodeJS.ErrnoException).syscall ?? "");
    if (ours) throw new UsageError("file-unwritable", { file }, { cause });
    const bytes = target.bytesWritten;
    terminal.result({ file: part, bytes, complete: false }, [
      terminal.text("export-broken-off", { file: part, bytes: byteCount(bytes) }),
    ]);
    return exitCodes.failed;
  }
  const bytes = target.bytesWritten;
  terminal.note(terminal.text("export-key", { key }));
  const lines = [terminal.text("exported", { file, bytes: byteCount(bytes) })];
  if (missing.length > 0)
    lines.push(
      terminal.text("export-damaged", { file, missing: missing.map((one) => named(terminal, one)).join(", ") }),
    );
  terminal.result({ file, bytes, key, complete: true, missing }, lines);
  return missing.length > 0 ? exitCodes.failed : exitCodes.done;
}

/** Hands the file on as it is, and collects what it says to be missing. */
async function* watched(chunks: AsyncIterable<Uint8Array>, missing: Missing[]): AsyncGenerator<Uint8Array> {
  const lines = new LineSplitter();
  for await (const chunk of chunks) {
    for (const { text } of lines.push(chunk))
      if (text.startsWith('{"missing":')) missing.push((JSON.parse(text) as AuditExportMissing).missing);
    yield chunk;
  }
}

function named(terminal: Terminal, missing: Missing): string {
  if ("checkpoint" in missing) return terminal.text("missing-checkpoint", { size: missing.checkpoint });
  return terminal.text("missing-records", missing);
}

/** `genkan audit proof INDEX -o FILE`: that one record stands in the log, for whoever must not see the others. */
export async function auditProof(cli: Cli, index: string, file: string): Promise<number> {
  const { terminal } = cli;
  if (!/^(0|[1-9][0-9]{0,15})$/.test(index)) throw new UsageError("audit-index-malformed", { index });
  const chunks: Uint8Array[] = [];
  for await (const chunk of await signedIn(cli).stream(`/api/audit/proof?index=${index}`)) chunks.push(chunk);
  try {
    await writeFile(file, Buffer.concat(chunks), { mode: 0o600 });
  } catch (cause) {
    throw new UsageError("file-unwritable", { file }, { cause });
  }
  terminal.result({ file, index: Number(index) }, [terminal.text("proved", { file, index })]);
  return exitCodes.done;
}
