import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  exportCheckpointLine,
  exportRecordLine,
  type Missing,
  type StoredRecord,
  writeAuditExport,
} from "../../../crypto/audit-export.ts";
import { fileLines } from "../../../crypto/audit-file.ts";
import { verifyAuditExport } from "../../../crypto/audit-verify.ts";
import { CompactRange, emptyRoot } from "../../../crypto/merkle.ts";
import { formatVerifierKey, signCheckpoint } from "../../../crypto/signed-note.ts";
import { limits } from "../../../protocol/limits.ts";
import {
  chunksOf,
  collect,
  erased,
  fileOf,
  linesOf,
  logKey,
  logOf,
  makeLog,
  origin,
  recordOf,
  stream,
  verifierKey,
  writtenFile,
} from "./audit-log.ts";

const verify = (lines: Iterable<string>, ...rest: [key?: string, options?: Parameters<typeof verifyAuditExport>[2]]) =>
  verifyAuditExport(fileOf(lines), rest[0] ?? verifierKey, rest[1]);
const rootOf = (log: ReturnType<typeof makeLog>) => {
  const tree = new CompactRange();
  for (const { leaf } of log.records) tree.append(leaf);
  return Buffer.from(tree.root()).toString("base64");
};
/** Line of record `index` in an export whose batches are of `batch` records: the header and checkpoints stand between. */
const lineOf = (lines: readonly string[], index: number) =>
  lines.findIndex((line) => line.startsWith(`{"record":{"index":${index},`));
const edit = (line: string | undefined, change: (record: Record<string, unknown>) => void) => {
  const parsed = JSON.parse(line ?? "") as { record: Record<string, unknown> };
  change(parsed.record);
  return JSON.stringify(parsed);
};
const someHash = Buffer.alloc(32, 0xee).toString("base64url");

describe("a whole export", () => {
  it("verifies, whatever its length, batches and chunks on the disk", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5_000 }),
        async (count, batches, chunkBytes) => {
          const log = makeLog(count, batches);
          expect(await verifyAuditExport(writtenFile(log, chunkBytes), verifierKey)).toEqual({
            ok: true,
            records: count,
            audience: null,
            erased: 0,
            withheld: 0,
            checkpoints: log.checkpoints.length,
            root: rootOf(log),
            size: count,
            first: "2026-01-01T00:00:00.000Z",
            last: new Date(Date.UTC(2026, 0, 1) + (count - 1) * 1_000).toISOString(),
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it("is the same lines, written as a whole or one by one", async () => {
    const log = makeLog(20, [3, 4]);
    expect(await collect(fileLines(writtenFile(log, 100)))).toEqual(
      linesOf(log).map((text) => ({ text, ended: true })),
    );
  });

  it("verifies with erased records, and counts them", async () => {
    const log = makeLog(12, [5]);
    log.records.splice(0, 1, erased(recordOf(0)));
    log.records.splice(7, 1, erased(recordOf(7)));
    const lines = linesOf(log);
    expect(lines.join("\n")).not.toContain("record 7");
    expect(await verify(lines)).toMatchObject({ ok: true, records: 12, erased: 2, first: "2026-01-01T00:00:01.000Z" });
  });

  it("keeps nothing of an erased record that a guess at its body could be checked against", () => {
    const line = JSON.parse(exportRecordLine({ ...recordOf(3), body: null }));
    expect(line).toEqual({ erased: { index: 3, leaf: Buffer.from(recordOf(3).leaf).toString("base64url") } });
  });

  it("verifies when the log is empty and signed as such, not when nothing is signed", async () => {
    const [header = ""] = linesOf(makeLog(1, [1]));
    const note = signCheckpoint({ origin, size: 0, root: emptyRoot }, logKey.privateKey);
    expect(await verify([header, exportCheckpointLine(note)])).toMatchObject({ ok: true, records: 0, size: 0 });
    expect(await verify([header])).toMatchObject({ ok: false, problem: "truncated", firstBad: null, lastGood: null });
    expect(await verify([])).toMatchObject({ ok: false, fault: "file", problem: "not-an-export", line: 0 });
  });

  it("verifies with bodies of every kind of text, also of other shapes than a record's", async () => {
    const bodies = [
      "",
      "no JSON",
      "null",
      '{"at":7}',
      '{"at":"yesterday"}',
      '\u2028\r\n\t"\\',
      "山田 \u{1f512}",
      "\ufffd",
    ];
    const records = bodies.map((text, index) => ({ ...recordOf(index, text) }));
    expect(await verifyAuditExport(writtenFile(logOf(records, [8]), 7), verifierKey)).toMatchObject({ ok: true });
  });

  it("verifies with the largest record that can be written", async () => {
    const base = recordOf(0, "");
    const text = '"'.repeat(Math.floor((limits.auditBodyBytes - (base.body?.length ?? 0)) / 2));
    expect(await verify(linesOf(logOf([recordOf(0, text)], [1])))).toMatchObject({ ok: true });
  });

  it("leaves out what no checkpoint covers yet", async () => {
    const log = makeLog(10, [4]);
    log.checkpoints.pop();
    expect(await verifyAuditExport(writtenFile(log, 64), verifierKey)).toMatchObject({ ok: true, records: 8 });
  });

  it("says what the store lacks of what was signed, and all that it has", async () => {
    const { records, checkpoints } = makeLog(10, [4]);
    const has = async (of: { records?: StoredRecord[]; checkpoints?: typeof checkpoints }) => {
      const lacks: Missing[] = [];
      const written = writeAuditExport(
        {
          origin,
          key: verifierKey,
          audience: null,
          size: 10,
          records: stream(of.records ?? records),
          checkpoints: stream(of.checkpoints ?? checkpoints),
        },
        (missing) => lacks.push(missing),
      );
      const lines = (await collect(written)).map((line) => line.trimEnd());
      const told = lines.filter((line) => line.startsWith('{"missing"')).map((line) => JSON.parse(line).missing);
      expect(told).toEqual(lacks);
      return { lacks, count: lines.length, verdict: await verify(lines) };
    };
    const without = (...indexes: number[]) => records.filter(({ index }) => !indexes.includes(index));
    expect(await has({})).toMatchObject({ lacks: [], count: 14, verdict: { ok: true } });
    expect(await has({ records: without(0) })).toMatchObject({
      lacks: [{ first: 0, last: 0 }],
      count: 14,
      verdict: { ok: false, fault: "log", problem: "record-missing", firstBad: 0, lastGood: null, line: 2 },
    });
    expect(await has({ records: without(2, 5, 6, 9) })).toMatchObject({
      lacks: [
        { first: 2, last: 2 },
        { first: 5, last: 6 },
        { first: 9, last: 9 },
      ],
      count: 13,
      verdict: { problem: "record-missing", firstBad: 2, between: [2, 2] },
    });
    // A range over a checkpoint is said on either side of it, so that the checkpoint stands in its place.
    expect((await has({ records: without(3, 4) })).lacks).toEqual([
      { first: 3, last: 3 },
      { first: 4, last: 4 },
    ]);
    expect((await has({ records: [] })).lacks).toEqual([
      { first: 0, last: 3 },
      { first: 4, last: 7 },
      { first: 8, last: 9 },
    ]);
    expect(await has({ checkpoints: checkpoints.slice(0, 2) })).toMatchObject({
      lacks: [{ checkpoint: 10 }],
      verdict: { problem: "checkpoint-missing", firstBad: 8, lastGood: 7, between: [8, 9] },
    });
    const spoiled = checkpoints.with(1, { size: 8, note: "no checkpoint" });
    expect((await has({ checkpoints: spoiled })).verdict).toMatchObject({
      problem: "checkpoint-malformed",
      lastGood: 3,
    });
  });
});

describe("a doctored record is named", () => {
  const count = 23;
  const log = makeLog(count, [5]);
  const lines = linesOf(log);
  const every = Array.from({ length: count }, (_, index) => index);
  const start = (index: number) => Math.floor(index / 5) * 5;
  const lastGood = (index: number) => (index < 5 ? null : start(index) - 1);

  it.each([
    ["its body was edited", "commitment-mismatch", (record) => (record.body = '{"at":"2026-01-01T00:00:00.000Z"}')],
    ["its salt was edited", "leaf-mismatch", (record) => (record.salt = someHash)],
    ["its commitment was edited", "commitment-mismatch", (record) => (record.commitment = someHash)],
    ["its leaf was edited", "leaf-mismatch", (record) => (record.leaf = someHash)],
    ["its body was dropped but for its name", "line-malformed", (record) => (record.body = null)],
    ["its body is no text", "line-malformed", (record) => (record.body = {})],
    ["its body got half a surrogate pair", "line-malformed", (record) => (record.body = "\ud800")],
    ["it got another member", "line-malformed", (record) => (record.note = "x")],
    ["its salt is another spelling", "line-malformed", (record) => (record.salt = respell(String(record.salt)))],
    ["its leaf is another spelling", "line-malformed", (record) => (record.leaf = respell(String(record.leaf)))],
  ] as [string, string, (record: Record<string, unknown>) => void][])("when %s", async (_, problem, change) => {
    for (const index of every) {
      const at = lineOf(lines, index);
      const doctored = lines.with(at, edit(lines[at], change));
      expect(await verify(doctored)).toEqual({
        ok: false,
        fault: "log",
        problem,
        firstBad: index,
        lastGood: lastGood(index),
        line: at + 1,
      });
    }
  });

  it.each([
    ["body", "leaf-mismatch", { body: "{}" }],
    ["salt", "leaf-mismatch", { salt: Buffer.alloc(32) }],
    ["salt, and not even of its size,", "line-malformed", { salt: Buffer.alloc(31) }],
    ["leaf", "leaf-mismatch", { leaf: Buffer.alloc(32) }],
    ["body, beyond any limit,", "line-too-long", { body: "x".repeat(limits.auditLineBytes) }],
  ])("when its %s was edited in the store, before the export was written", async (_, problem, change) => {
    const records = log.records.with(13, { ...recordOf(13), ...change });
    const verdict = await verifyAuditExport(writtenFile({ ...log, records }, 1_024), verifierKey);
    expect(verdict).toMatchObject({ ok: false, problem, firstBad: 13, lastGood: 9 });
  });

  it("when it was deleted", async () => {
    for (const index of every) {
      expect(await verify(lines.toSpliced(lineOf(lines, index), 1))).toMatchObject({ ok: false, firstBad: index });
    }
  });

  it("when another was inserted before it under its number", async () => {
    for (const index of every) {
      const foreign = exportRecordLine(recordOf(index, "foreign"));
      const verdict = await verify(lines.toSpliced(lineOf(lines, index), 0, foreign));
      expect(verdict).toMatchObject({ ok: false, firstBad: index });
    }
  });

  it("when another was inserted after it, at the number of the next", async () => {
    for (const index of every) {
      const at = lineOf(lines, index) + 1;
      const verdict = await verify(lines.toSpliced(at, 0, exportRecordLine(recordOf(index + 1, "foreign"))));
      expect(verdict).toMatchObject({ ok: false, firstBad: index + 1 });
    }
  });

  it("when it repeats the number of one that a checkpoint vouches for", async () => {
    const verdict = await verify(lines.toSpliced(lineOf(lines, 10), 0, exportRecordLine(recordOf(9, "foreign"))));
    expect(verdict).toMatchObject({ problem: "index-out-of-order", firstBad: 10, lastGood: 9 });
  });

  it("when an old one was copied further on", async () => {
    const copy = lines[lineOf(lines, 3)] ?? "";
    const verdict = await verify(lines.toSpliced(lineOf(lines, 13), 0, copy));
    expect(verdict).toMatchObject({ ok: false, problem: "index-out-of-order", firstBad: 13, lastGood: 9 });
  });

  it("when any two were swapped", async () => {
    for (const first of every) {
      for (const second of every.slice(first + 1)) {
        const [a, b] = [lineOf(lines, first), lineOf(lines, second)];
        const swapped = lines.with(a, lines[b] ?? "").with(b, lines[a] ?? "");
        expect(await verify(swapped)).toMatchObject({ ok: false, problem: "index-out-of-order", firstBad: first });
      }
    }
  });

  it("when all its hashes were redone: the checkpoint after it bounds where", async () => {
    for (const index of every) {
      const doctored = lines.with(lineOf(lines, index), exportRecordLine(recordOf(index, "rewritten")));
      const end = Math.min(start(index) + 5, count);
      expect(await verify(doctored)).toEqual({
        ok: false,
        fault: "log",
        problem: "checkpoint-root",
        firstBad: start(index),
        lastGood: lastGood(index),
        between: [start(index), end - 1],
        line: lineOf(lines, end - 1) + 2,
      });
    }
  });

  it("exactly, when all its hashes were redone and each record was signed for", async () => {
    const signed = linesOf(makeLog(count, [1]));
    for (const index of every) {
      const doctored = signed.with(lineOf(signed, index), exportRecordLine(recordOf(index, "rewritten")));
      const verdict = await verify(doctored);
      expect(verdict).toMatchObject({ problem: "checkpoint-root", firstBad: index, between: [index, index] });
    }
  });

  it("within its batch, when all after it were renumbered", async () => {
    for (const index of every) {
      const kept = log.records.toSpliced(index, 1);
      const renumbered = linesOf({ ...log, records: kept.map((record, at) => ({ ...record, index: at })) });
      const verdict = await verify(renumbered);
      const from = start(index);
      // The last batch lost a record and with it the place of its checkpoint.
      if (index >= 20) expect(verdict).toMatchObject({ problem: "truncated", firstBad: 20, between: [20, 21] });
      else expect(verdict).toMatchObject({ problem: "checkpoint-root", firstBad: from, between: [from, from + 4] });
    }
  });

  it("within its batch, when it was made a tombstone with another leaf", async () => {
    const at = lineOf(lines, 12);
    const verdict = await verify(lines.with(at, exportRecordLine(erased(recordOf(12, "rewritten")))));
    expect(verdict).toMatchObject({ problem: "checkpoint-root", firstBad: 10, between: [10, 14] });
  });

  it("whatever else was done to one line of the file, unless it left out a checkpoint", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(lines.length - 1),
        fc.nat(),
        fc.constantFrom("x", "0", '"', ",", "\\", " ", ""),
        async (at, seed, put) => {
          const line = lines[at] ?? "";
          const column = seed % line.length;
          const changed = line.slice(0, column) + put + line.slice(column + 1);
          if (changed !== line)
            expect(await verify(lines.with(at, changed))).toMatchObject({ ok: false, line: at + 1 });
        },
      ),
      { numRuns: 1_500 },
    );
  });
});

describe("a doctored file is refused", () => {
  const log = makeLog(12, [4]);
  const lines = linesOf(log);
  const [header = ""] = lines;
  const at = lines.findIndex((line) => line.startsWith('{"checkpoint"'));
  const forge = (change: Partial<Parameters<typeof signCheckpoint>[0]>, key = logKey.privateKey) => {
    const tree = new CompactRange();
    for (const { leaf } of log.records.slice(0, 4)) tree.append(leaf);
    return exportCheckpointLine(signCheckpoint({ origin, size: 4, root: tree.root(), ...change }, key));
  };
  const stranger = generateKeyPairSync("ed25519");

  it("stays whole under its own forgery, so that the cases below fail for what they change", async () => {
    expect(await verify(lines.with(at, forge({})))).toMatchObject({ ok: true });
  });

  it.each([
    ["signed by a stranger", "checkpoint-signature", forge({}, stranger.privateKey)],
    ["of another log", "checkpoint-origin", forge({ origin: "genkan.example/other" })],
    ["with another root", "checkpoint-root", forge({ root: Buffer.alloc(32, 5) })],
    ["that is no checkpoint", "checkpoint-malformed", exportCheckpointLine("genkan.example/log\n4\n")],
  ])("for a checkpoint %s, which vouches for none of its records", async (_, problem, line) => {
    const verdict = await verify(lines.with(at, line));
    expect(verdict).toEqual({
      ok: false,
      fault: "log",
      problem,
      firstBad: 0,
      lastGood: null,
      between: [0, 3],
      line: at + 1,
    });
  });

  it("for a checkpoint of more or fewer records than stand before it", async () => {
    const more = await verify(lines.with(at, forge({ size: 6 })));
    expect(more).toMatchObject({ problem: "checkpoint-size", firstBad: 4, between: [0, 5] });
    const fewer = await verify(lines.with(at, forge({ size: 2 })));
    expect(fewer).toMatchObject({ problem: "checkpoint-size", firstBad: 2, between: [0, 3] });
  });

  it("for an old checkpoint shown again, blaming no record", async () => {
    const verdict = await verify([...lines, lines[at] ?? ""]);
    expect(verdict).toEqual({
      ok: false,
      fault: "log",
      problem: "checkpoint-size",
      firstBad: null,
      lastGood: 11,
      line: lines.length + 1,
    });
  });

  it("when it ends without the checkpoint that covers its records", async () => {
    const verdict = await verify(lines.slice(0, -1));
    expect(verdict).toMatchObject({ problem: "truncated", firstBad: 8, lastGood: 7, between: [8, 11] });
    expect(await verify(lines.slice(0, -2))).toMatchObject({ problem: "truncated", between: [8, 10] });
  });

  it("when its last line was cut", async () => {
    const cut = lines.with(-1, lines.at(-1)?.slice(0, -5) ?? "");
    expect(await verify(cut)).toMatchObject({
      fault: "file",
      problem: "line-broken",
      firstBad: null,
      lastGood: 7,
      line: lines.length,
    });
  });

  it("for a wrong key, naming the header", async () => {
    const wrong = formatVerifierKey(origin, stranger.publicKey);
    expect(await verify(lines, wrong)).toEqual({
      ok: false,
      fault: "file",
      problem: "key-mismatch",
      firstBad: null,
      lastGood: null,
      line: 1,
    });
    const other = formatVerifierKey("genkan.example/other", logKey.publicKey);
    expect(await verify(lines, other)).toMatchObject({ problem: "origin-mismatch", line: 1 });
  });

  it("for a header that was fitted to the wrong key", async () => {
    const wrong = formatVerifierKey(origin, stranger.publicKey);
    const fitted = header.replace(verifierKey, wrong);
    expect(await verify(lines.with(0, fitted), wrong)).toMatchObject({ problem: "checkpoint-signature", line: at + 1 });
  });

  it.each([
    ["another type", "not-an-export", header.replace("v1", "v2")],
    ["a record in its place", "not-an-export", lines[1] ?? ""],
    ["a further member", "header-malformed", header.replace("{", '{"more":1,')],
    ["no key", "header-malformed", `{"type":"genkan/audit-export/v1","origin":"${origin}","audience":null}`],
  ])("for a header with %s, as no file of a log", async (_, problem, line) => {
    const verdict = await verify(lines.with(0, line));
    expect(verdict).toEqual({ ok: false, fault: "file", problem, line: 1, firstBad: null, lastGood: null });
  });

  it.each([
    ["white space", "line-reformatted", (line: string) => line.replace(":", ": ")],
    ["a member twice", "line-reformatted", (line: string) => line.replace('{"index":2', '{"index":7,"index":2')],
    ["another escape", "line-reformatted", (line: string) => line.replace("test", "\\u0074est")],
    ["another number for the same", "line-reformatted", (line: string) => line.replace('"index":2', '"index":2.0')],
    ["a carriage return", "line-reformatted", (line: string) => `${line}\r`],
    ["half of it", "line-broken", (line: string) => line.slice(0, 40)],
    ["nothing left", "line-broken", () => ""],
    ["a list in its place", "line-malformed", () => "[]"],
  ])("for a line with %s, which another reader could read differently", async (_, problem, change) => {
    const line = lineOf(lines, 2);
    const verdict = await verify(lines.with(line, change(lines[line] ?? "")));
    const fault = problem === "line-malformed" ? "log" : "file";
    expect(verdict).toMatchObject({ fault, problem, firstBad: 2, line: line + 1 });
  });

  it("for a line beyond the limit, without holding it", async () => {
    const part = "x".repeat(1_000);
    let given = 0;
    async function* endless() {
      yield `${header}\n`;
      for (; given < 10_000; given += 1) yield part;
    }
    async function* ended() {
      yield* endless();
      yield "\n";
    }
    const [, long] = await collect(fileLines(chunksOf(ended(), 4_096)));
    expect(long?.text).toHaveLength(limits.auditLineBytes + 1);
    given = 0;
    const verdict = await verifyAuditExport(chunksOf(ended(), 4_096), verifierKey);
    expect(verdict).toMatchObject({ ok: false, problem: "line-too-long", firstBad: 0, line: 2 });
  });

  it("for a body beyond the limit, though its line is not", async () => {
    const line = lineOf(lines, 2);
    const long = edit(lines[line], (record) => (record.body = "x".repeat(limits.auditBodyBytes + 1)));
    expect(await verify(lines.with(line, long))).toMatchObject({ problem: "line-too-long", firstBad: 2 });
  });

  it("for bytes that are no UTF-8, though they show as the character that was there", async () => {
    const records = [recordOf(0, "\ufffd")];
    const file = Buffer.from(`${linesOf(logOf(records, [1])).join("\n")}\n`);
    const read = (bytes: Uint8Array) => verifyAuditExport(chunksOf(stream([bytes]), 64), verifierKey);
    expect(await read(file)).toMatchObject({ ok: true });
    const start = file.indexOf("\ufffd");
    const broken = Buffer.concat([file.subarray(0, start), Buffer.of(0xff), file.subarray(start + 3)]);
    expect(await read(broken)).toMatchObject({ fault: "file", problem: "line-broken", firstBad: 0 });
  });
});

describe("a file that was cut at a checkpoint", () => {
  const log = makeLog(12, [4]);
  const lines = linesOf(log);
  const cut = lines.slice(0, lines.findLastIndex((line) => line.startsWith('{"record":{"index":7')) + 2);
  const whole = { size: 12, root: rootOf(log) };
  const [, second, third] = log.checkpoints.map(({ note }) => note);

  it("can't be told by itself", async () => {
    expect(await verify(cut)).toMatchObject({ ok: true, records: 8 });
  });

  it("is found by the size and root that were expected", async () => {
    expect(await verify(cut, verifierKey, { expect: whole })).toMatchObject({
      ok: false,
      problem: "shortened",
      firstBad: 8,
      lastGood: 7,
    });
    expect(await verify(lines, verifierKey, { expect: whole })).toMatchObject({ ok: true });
  });

  it("is found by a checkpoint that was kept", async () => {
    expect(await verify(cut, verifierKey, { since: third ?? "" })).toMatchObject({ problem: "shortened", firstBad: 8 });
    expect(await verify(cut, verifierKey, { since: second ?? "" })).toMatchObject({ ok: true });
    expect(await verify(lines, verifierKey, { since: second ?? "" })).toMatchObject({ ok: true });
  });

  it("is not confused with one that went on, or is of another history", async () => {
    const early = { size: 8, root: rootOf(makeLog(8, [4])) };
    expect(await verify(lines, verifierKey, { expect: early })).toMatchObject({
      problem: "expected-mismatch",
      firstBad: null,
    });
    const other = { size: 12, root: early.root };
    expect(await verify(lines, verifierKey, { expect: other })).toMatchObject({
      problem: "expected-mismatch",
      lastGood: null,
    });
  });

  it("a log that its own keeper rewrote and signed anew is found by a checkpoint that was kept", async () => {
    const rewritten = logOf(log.records.with(2, recordOf(2, "rewritten")), [4, 8, 12]);
    expect(await verify(linesOf(rewritten))).toMatchObject({ ok: true });
    expect(await verify(linesOf(rewritten), verifierKey, { since: second ?? "" })).toMatchObject({
      ok: false,
      problem: "kept-mismatch",
      between: [0, 7],
      lastGood: null,
    });
  });

  it("a kept checkpoint that is not the log's, or a malformed key, is the caller's error", async () => {
    const stranger = generateKeyPairSync("ed25519").privateKey;
    const foreign = signCheckpoint({ origin, size: 8, root: Buffer.alloc(32) }, stranger);
    await expect(verify(lines, verifierKey, { since: foreign })).rejects.toMatchObject({ code: "checkpoint-refused" });
    await expect(verify(lines, verifierKey, { since: "x" })).rejects.toMatchObject({ code: "checkpoint-malformed" });
    await expect(verify(lines, "x")).rejects.toMatchObject({ code: "bad-request" });
  });
});

/** The same bytes in another base64url text: the last of 43 characters has two bits to spare. */
function respell(text: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(text.at(-1) ?? "A");
  return text.slice(0, -1) + (alphabet[last + 1] ?? "");
}
