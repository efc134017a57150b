import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { exportRecordLine } from "../../../crypto/audit-export.ts";
import { verifyRecordProof, writeRecordProof } from "../../../crypto/audit-proof.ts";
import { inclusionProof } from "../../../crypto/merkle-proof.ts";
import { formatVerifierKey, signCheckpoint } from "../../../crypto/signed-note.ts";
import { limits } from "../../../protocol/limits.ts";
import { erased, type Log, logKey, makeLog, origin, recordOf, verifierKey } from "./audit-log.ts";

const log = makeLog(13, [13]);
const note = log.checkpoints[0]?.note ?? "";

async function proofOf(index: number, of: { record?: Log["records"][number]; note?: string } = {}): Promise<string> {
  const line = exportRecordLine(of.record ?? (log.records[index] as Log["records"][number]));
  const leaves = (start: number, end: number) => log.records.slice(start, end).map(({ leaf }) => leaf);
  return writeRecordProof({ line, index, proof: await inclusionProof(index, 13, leaves), note: of.note ?? note });
}

const verify = (text: string | Uint8Array, key = verifierKey) => verifyRecordProof(Buffer.from(text), key);

describe("the proof of one record", () => {
  it("verifies for every record of a log, and says what it says", async () => {
    for (let index = 0; index < 13; index++)
      expect(verify(await proofOf(index))).toMatchObject({
        ok: true,
        proved: index,
        size: 13,
        body: log.records[index]?.body,
      });
  });

  it("verifies for the only record of a log", async () => {
    const one = makeLog(1, [1]);
    const line = exportRecordLine(one.records[0] as Log["records"][number]);
    const text = writeRecordProof({ line, index: 0, proof: [], note: one.checkpoints[0]?.note ?? "" });
    expect(verify(text)).toMatchObject({ ok: true, proved: 0, size: 1 });
  });

  it("is laid out as C2SP tlog-proof has it", async () => {
    const lines = (await proofOf(3)).split("\n");
    const base64 = "[A-Za-z0-9+/]{43}=";
    expect(lines[0]).toBe("c2sp.org/tlog-proof@v1");
    expect(lines[1]).toMatch(/^extra [A-Za-z0-9+/]+={0,2}$/);
    expect(lines[2]).toBe("index 3");
    expect(lines.slice(3, 7).join("\n")).toMatch(new RegExp(`^(${base64}\n){3}${base64}$`));
    expect(lines.slice(7).join("\n")).toBe(`\n${note}`);
  });

  it("of an erased record shows that it was there, and nothing of what it said", async () => {
    const text = await proofOf(3, { record: erased(recordOf(3)) });
    expect(verify(text)).toMatchObject({ ok: true, proved: 3, body: null });
  });

  it("verifies with cosignatures of others beside the log's", async () => {
    const witness = generateKeyPairSync("ed25519").privateKey;
    const cosigned = signCheckpoint({ origin: "witness.example", size: 13, root: Buffer.alloc(32) }, witness);
    expect(verify(await proofOf(3, { note: `${note}${cosigned.split("\n\n")[1]}` }))).toMatchObject({ ok: true });
  });

  const changed = async (change: (line: string) => string) => {
    const [head, extra = "", ...rest] = (await proofOf(3)).split("\n");
    const line = Buffer.from(extra.slice("extra ".length), "base64").toString("utf8");
    return [head, `extra ${Buffer.from(change(line)).toString("base64")}`, ...rest].join("\n");
  };

  it("is refused, as a doctored log, for another record, another tree or another signature", async () => {
    const body = await changed((line) => line.replace("record 3", "record 4"));
    expect(verify(body)).toMatchObject({ fault: "log", problem: "commitment-mismatch", firstBad: 3, line: 2 });
    const redone = await proofOf(3, { record: recordOf(3, "rewritten") });
    expect(verify(redone)).toMatchObject({ fault: "log", problem: "checkpoint-root", firstBad: 3 });
    const elsewhere = (await proofOf(3, { record: { ...recordOf(3), index: 4 } })).replace("index 3", "index 4");
    expect(verify(elsewhere)).toMatchObject({ problem: "checkpoint-root" });
    const stranger = generateKeyPairSync("ed25519").privateKey;
    const forged = signCheckpoint({ origin, size: 13, root: Buffer.alloc(32) }, stranger);
    expect(verify(await proofOf(3, { note: forged }))).toMatchObject({ fault: "log", problem: "checkpoint-signature" });
    const short = signCheckpoint({ origin, size: 3, root: Buffer.alloc(32) }, logKey.privateKey);
    expect(verify(await proofOf(3, { note: short }))).toMatchObject({ problem: "checkpoint-size", firstBad: 3 });
  });

  it("is refused, as no proof of this log, for another log or a file that was changed on its way", async () => {
    const text = await proofOf(3);
    const file = (bad: string | Uint8Array) => verify(bad) as { fault?: string; problem?: string };
    const other = formatVerifierKey("genkan.example/other", logKey.publicKey);
    expect(verify(text, other)).toMatchObject({ fault: "file", problem: "origin-mismatch" });
    expect(file(text.replaceAll("\n", "\r\n"))).toMatchObject({ fault: "file", problem: "line-ends" });
    expect(file(`\ufeff${text}`)).toMatchObject({ fault: "file", problem: "byte-order-mark" });
    expect(file(text.slice(0, -1))).toMatchObject({ fault: "file", problem: "cut-short" });
    for (const bad of [
      text.replace(/extra .*\n/, ""),
      text.replace("extra ", "extra  "),
      text.replace("index 3", "index 03"),
      text.replace("index 3", "index 4"),
      text.replace(/index 3\n.{10}/, "index 3\n"),
      text.replace("index 3\n", "index 3\nAAAA\n"),
      text.replace("\n\n", `\n${`${"A".repeat(43)}=\n`.repeat(60)}\n`),
      await changed(() => '{"checkpoint":"x"}'),
      await changed(() => "[]"),
      await changed((line) => `${line} `),
      "c2sp.org/tlog-proof@v1\n",
    ])
      expect([bad, file(bad)]).toMatchObject([bad, { fault: "file", problem: "proof-malformed" }]);
    for (const none of ["", "x\n", Buffer.from(text, "utf16le"), Buffer.alloc(limits.auditProofBytes + 1, text)])
      expect(file(none)).toMatchObject({ fault: "file", problem: "not-an-export" });
    expect(() => verify(text, "x")).toThrow(expect.objectContaining({ code: "bad-request" }));
  });
});
