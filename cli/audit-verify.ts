import { open } from "node:fs/promises";
import { fileLines } from "../crypto/audit-file.ts";
import { type ProofVerdict, proofHead, verifyRecordProof } from "../crypto/audit-proof.ts";
import { type AuditRefusal, type AuditVerdict, verifyAuditExport } from "../crypto/audit-verify.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { exitCodes } from "./exit-code.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";
import type { Cli } from "./verb.ts";

/**
 * `genkan audit verify FILE --key KEY`: an export, or the proof of one record; offline. Exits 1, and names the first bad
 * record, when the log is not whole; 2 when the file says nothing about the log. With `since`, an earlier export or a kept
 * checkpoint, the log must contain that one: so a cut at its end shows too.
 */
export async function auditVerify(cli: Cli, file: string, key: string, since?: string): Promise<number> {
  const { terminal } = cli;
  const kept = since === undefined ? undefined : await keptCheckpoint(since);
  const verdict = await readFile(file, (chunks) =>
    verify(chunks, key, kept === undefined ? {} : { since: kept }),
  ).catch((cause: unknown) => {
    // The verifier throws only for a key or kept checkpoint that is not usable; that says nothing about the log.
    if (!(cause instanceof GenkanError)) throw cause;
    if (cause.code === "bad-request" || since === undefined) throw new UsageError("audit-key-malformed", {}, { cause });
    throw new UsageError("audit-since-refused", { file: since }, { cause });
  });
  if (!verdict.ok) {
    terminal.result(verdict, refused(terminal, file, verdict));
    return verdict.fault === "log" ? exitCodes.failed : exitCodes.usage;
  }
  terminal.result(verdict, "proved" in verdict ? proved(terminal, verdict) : whole(terminal, verdict));
  return exitCodes.done;
}

function whole(terminal: Terminal, verdict: Extract<AuditVerdict, { ok: true }>): string[] {
  const { records, withheld, erased, checkpoints, root, first = "–", last = "–", audience } = verdict;
  const lines = [terminal.text("audit-ok", { records, withheld, erased, checkpoints, root, first, last })];
  if (audience !== null) lines.push(terminal.text("audit-audience", { site: audience.sites.join(", ") || "–" }));
  return lines;
}

function proved(terminal: Terminal, verdict: Extract<ProofVerdict, { ok: true }>): string[] {
  const { proved: index, size, root, body } = verdict;
  return [terminal.text("audit-proof-ok", { index, size, root }), body ?? terminal.text("audit-erased")];
}

function refused(terminal: Terminal, file: string, verdict: AuditRefusal): string[] {
  const { fault, firstBad, lastGood, line, between } = verdict;
  const problem = terminal.codes.auditProblems[verdict.problem];
  const first = firstBad ?? terminal.text("none");
  const lines =
    fault === "log"
      ? [terminal.text("audit-bad", { first, line, problem })]
      : [terminal.text("audit-file-bad", { file, line, problem }), terminal.text("audit-file-again")];
  if (between) lines.push(terminal.text("audit-between", { from: between[0], to: between[1] }));
  if (lastGood !== null) lines.push(terminal.text("audit-vouched", { last: lastGood }));
  else if (fault === "log") lines.push(terminal.text("audit-vouched-none"));
  return lines;
}

/** By its first bytes a file is a proof; all else is read as an export, and refused by name where it is none. */
async function verify(
  chunks: AsyncIterable<Uint8Array>,
  key: string,
  o: { since?: string },
): Promise<AuditVerdict | ProofVerdict> {
  const source = chunks[Symbol.asyncIterator]();
  const first = await source.next();
  const head = first.done === true ? Buffer.alloc(0) : Buffer.from(first.value);
  async function* all() {
    yield head;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  }
  if (!head.toString("utf8", 0, 64).replace("\ufeff", "").startsWith(proofHead))
    return verifyAuditExport(all(), key, o);
  const held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of all()) {
    held.push(chunk);
    bytes += chunk.length;
    // One too many is enough to be refused.
    if (bytes > limits.auditProofBytes) break;
  }
  return verifyRecordProof(Buffer.concat(held), key);
}

/** The note in a file: a checkpoint as it was kept, that of a proof, or the last one of an earlier export. */
function keptCheckpoint(file: string): Promise<string> {
  return readFile(file, async (chunks) => {
    let note = "";
    const plain: string[] = [];
    for await (const { text } of fileLines(chunks)) {
      if (text.startsWith("{")) note = checkpointOf(text) ?? note;
      // Kept by hand or mailed: a byte order mark and line ends change nothing of what is signed.
      else if (plain.length < noteLines) plain.push(text.replace("\ufeff", "").replace(/\r$/, ""));
    }
    if (note !== "") return note;
    const lines = plain[0] === proofHead ? plain.slice(plain.indexOf("") + 1) : plain;
    return `${lines.join("\n").replace(/\n+$/, "")}\n`;
  });
}

/** A proof has a hash for each level of a tree, and a checkpoint name, size and root, a blank line, and its signatures. */
const noteLines = 96;

function checkpointOf(line: string): string | undefined {
  try {
    const { checkpoint } = JSON.parse(line) as { checkpoint?: unknown };
    return typeof checkpoint === "string" ? checkpoint : undefined;
  } catch {
    return undefined;
  }
}

/** What `read` makes of a file's bytes. Throws `file-unreadable`, also when the file turns out to be none. */
async function readFile<T>(file: string, read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>): Promise<T> {
  try {
    const handle = await open(file);
    try {
      return await read(handle.createReadStream({ autoClose: false }));
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new UsageError("file-unreadable", { file }, { cause });
  }
}
