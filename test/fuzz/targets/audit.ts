import { createPublicKey } from "node:crypto";
import { exportCheckpointLine, exportHeaderLine, exportRecordLine } from "../../../crypto/audit-export.ts";
import { ownerOf } from "../../../crypto/audit-owner.ts";
import { proofHead, verifyRecordProof, writeRecordProof } from "../../../crypto/audit-proof.ts";
import { commitRecord } from "../../../crypto/audit-record.ts";
import { verifyAuditExport } from "../../../crypto/audit-verify.ts";
import { CompactRange } from "../../../crypto/merkle.ts";
import { inclusionProof, verifyConsistency, verifyInclusion } from "../../../crypto/merkle-proof.ts";
import {
  formatVerifierKey,
  openCheckpoint,
  parseCheckpoint,
  parseVerifierKey,
  signCheckpoint,
} from "../../../crypto/signed-note.ts";
import { type AuditAudience, auditProblems, faultOf, isTold } from "../../../protocol/audit-export.ts";
import { limits } from "../../../protocol/limits.ts";
import { ed25519, id, jsonBytes, later, token } from "../fixture.ts";
import { bytes } from "../shape/bytes.ts";
import { json } from "../shape/json.ts";
import { lines } from "../shape/parts.ts";
import { mix } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const origin = "genkan/fuzz";
const logKey = ed25519("log");
const verifierKey = formatVerifierKey(origin, createPublicKey(logKey));
const parsedKey = parseVerifierKey(verifierKey);
const strangeKey = ed25519("witness");

const sites = [id("site", "own"), id("site", "other"), null] as const;
const forOne: AuditAudience = { sites: [sites[0]], vendors: [] };

/** `records` records, signed after each of `sizes`; some of them erased; for everybody, or for one. */
function exportOf(
  records: number,
  sizes: readonly number[],
  erased: readonly number[] = [],
  audience: AuditAudience | null = null,
): string {
  const tree = new CompactRange();
  const out = [exportHeaderLine({ origin, key: verifierKey, audience })];
  for (let index = 0; index < records; index++) {
    const salt = Buffer.from(token(`salt ${index}`), "base64url");
    const actor = { id: id("person"), name: "田中" };
    const site = sites[index % 3] ?? null;
    const body = JSON.stringify({
      at: later(index * 1_000),
      action: "request.create",
      outcome: "done",
      actor,
      site,
      index,
    });
    const { leaf } = commitRecord({ salt, body });
    tree.append(leaf);
    out.push(
      exportRecordLine(
        erased.includes(index) ? { index, salt: null, body: null, leaf } : { index, salt, body, leaf },
        audience,
      ),
    );
    if (sizes.includes(index + 1))
      out.push(exportCheckpointLine(signCheckpoint({ origin, size: index + 1, root: tree.root() }, logKey)));
  }
  return `${out.join("\n")}\n`;
}

const honestExports: Readonly<Record<string, string>> = {
  empty: exportOf(0, []),
  one: exportOf(1, [1]),
  batches: exportOf(7, [2, 3, 7]),
  erased: exportOf(6, [4, 6], [1, 4]),
  "one-site": exportOf(6, [2, 6], [3], forOne),
};

async function* inChunks(input: Buffer, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < input.length; at += step) yield input.subarray(at, at + step);
}

/** A record whatever the order of its members; an empty text for what is none. */
function recordIn(line: string): string {
  const kind = ["record", "withheld", "erased"].find((one) => line.startsWith(`{"${one}"`));
  if (kind === undefined) return "";
  const { [kind]: record = {} } = JSON.parse(line) as Record<string, Record<string, unknown>>;
  return kind + JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
const honestRecords = new Set(Object.values(honestExports).flatMap((file) => file.split("\n").map(recordIn)));

export const auditExport: Target = {
  name: "audit-export",
  replayed: 500,
  parsers: ["crypto/audit-file.ts", "crypto/audit-line.ts", "crypto/audit-verify.ts", "protocol/audit-export.ts"],
  holds:
    "a file that verifies holds honest records only, each told to those alone whom it is for; a verdict names a line of the file and a record that is there",
  shape: mix([5, lines("\n", mix([3, json], [1, text]))], [1, bytes]),
  words: [
    '{"checkpoint":"',
    '{"missing":{"first":',
    '"audience":null',
    '"site":null',
    '"index":0',
    "genkan/audit-export/v1",
    "\u2014 ",
    "\\n\\n",
    "\r\n",
  ],
  verdicts: auditProblems,
  most: 65_536,
  seeds: () => honestExports,
  open: () => ({
    execute: async (input) => {
      const step = 1 + (input[40] ?? 0) * 8;
      const verdict = await verifyAuditExport(inChunks(input, step), verifierKey);
      if (!verdict.ok) {
        hold(verdict.line >= 0 && verdict.line <= input.toString("latin1").split("\n").length, "no such line");
        hold(verdict.lastGood === null || verdict.lastGood >= 0, "no such record");
        hold(verdict.fault === faultOf(verdict.problem), "another fault");
        if (verdict.between) hold(verdict.between[0] <= verdict.between[1], "an empty range");
        return verdict.problem;
      }
      const read = input.toString("utf8").split("\n");
      hold(
        read.every((line) => honestRecords.has(recordIn(line))),
        "a record that nobody wrote",
      );
      const told = read.filter((line) => line.startsWith('{"record"')).map((line) => JSON.parse(line).record.body);
      hold(
        told.every((body) => isTold(verdict.audience, ownerOf(body))),
        "told to another",
      );
      const { records, size, erased, withheld } = verdict;
      hold(records === size && told.length + erased + withheld === records, "it was miscounted");
      return accepted;
    },
  }),
};

const proved = honestExports["batches"]?.split("\n") ?? [];
const provedNote = (JSON.parse(proved.at(-2) ?? "") as { checkpoint: string }).checkpoint;
const provedLines = proved.filter((line) => line.startsWith('{"record"'));
const provedLeaves = provedLines.map((line) => Buffer.from(JSON.parse(line).record.leaf, "base64url"));

export const auditProof: Target = {
  name: "audit-proof",
  parsers: ["crypto/audit-proof.ts", "crypto/audit-line.ts"],
  holds: "what is believed of one record is what an honest log says at that place",
  shape: mix([4, lines("\n")], [1, bytes]),
  words: [proofHead, "extra ", "index 0", "\n\n", "\r\n", "\ufeff", "AAAA"],
  verdicts: auditProblems,
  most: 16_384,
  seeds: async () => {
    const seeds: Record<string, string> = {};
    for (const index of [0, 3, 6]) {
      const proof = await inclusionProof(index, 7, (start, end) => provedLeaves.slice(start, end));
      seeds[`record-${index}`] = writeRecordProof({ line: provedLines[index] ?? "", index, proof, note: provedNote });
    }
    return seeds;
  },
  open: () => ({
    execute: (input) => {
      const verdict = verifyRecordProof(input, verifierKey);
      if (!verdict.ok) {
        hold(verdict.fault === faultOf(verdict.problem), "another fault");
        return verdict.problem;
      }
      const { record } = JSON.parse(provedLines[verdict.proved] ?? "null") as { record: { body: string } };
      hold(verdict.body === null || verdict.body === record.body, "a record that nobody wrote");
      return accepted;
    },
  }),
};

const note = signCheckpoint({ origin, size: 7, root: Buffer.alloc(32, 3) }, logKey);
const witness = signCheckpoint({ origin: "witness.example", size: 7, root: Buffer.alloc(32, 3) }, strangeKey);

export const checkpoint: Target = {
  name: "checkpoint",
  replayed: 1_000,
  parsers: ["crypto/signed-note.ts (parseCheckpoint, openCheckpoint)"],
  holds: "written again from what was read it is the same text; what opens is what was signed",
  shape: mix([3, lines("\n")], [1, text]),
  words: ["\u2014 ", `${origin} `, "\n\n", "0\n", "9007199254740993", "=", "+"],
  verdicts: ["checkpoint-malformed", "checkpoint-refused"],
  most: 16_384,
  seeds: () => ({
    one: note,
    cosigned: `${note}${witness.split("\n\n")[1]}`,
    empty: signCheckpoint({ origin, size: 0, root: new CompactRange().root() }, logKey),
    other: witness,
    many: `${note}${`${witness.split("\n\n")[1]}`.repeat(40)}`,
    longest: `${note}${"\u2014 w AAAAAAA=\n".repeat(250)}`,
  }),
  open: () => ({
    execute: (input) => {
      const given = input.toString("utf8");
      const read = parseCheckpoint(given);
      const head = `${read.origin}\n${read.size}\n${Buffer.from(read.root).toString("base64")}\n`;
      const signatures = read.signatures.map(
        ({ name, id: key, bytes: by }) => `\u2014 ${name} ${Buffer.concat([key, by]).toString("base64")}\n`,
      );
      hold(head === read.text && `${head}\n${signatures.join("")}` === given, "it can be written in another way");
      const opened = openCheckpoint(given, parsedKey);
      hold(opened.size === 7 ? Buffer.alloc(32, 3).equals(opened.root) : opened.size === 0, "forged");
      return accepted;
    },
  }),
};

export const verifierKeyText: Target = {
  name: "verifier-key",
  parsers: ["crypto/signed-note.ts (parseVerifierKey)"],
  holds: "written again from what was read it is the same text, but for white space around it",
  shape: text,
  words: ["+", "/", "=", "AQ==", origin],
  verdicts: ["bad-request"],
  most: 1_024,
  seeds: () => ({
    one: verifierKey,
    "white-space": ` ${verifierKey}\n`,
    "longest-name": formatVerifierKey("n".repeat(limits.originCharacters), createPublicKey(logKey)),
  }),
  open: () => ({
    execute: (input) => {
      const given = input.toString("utf8");
      const { name, publicKey } = parseVerifierKey(given);
      hold(formatVerifierKey(name, publicKey) === given.trim(), "it can be written in another way");
      return accepted;
    },
  }),
};

const leaves = Array.from({ length: 13 }, (_, index) => Buffer.from(token(`leaf ${index}`), "base64url"));
const rootOf = (size: number) => {
  const tree = new CompactRange();
  for (const leaf of leaves.slice(0, size)) tree.append(leaf);
  return tree.root();
};
const readLeaves = (start: number, end: number) => leaves.slice(start, end);

interface Claim {
  readonly index: number;
  readonly size: number;
  readonly proof: readonly string[];
}

/** `{index, size, proof}`: shown for a leaf, and as consistency of the first `index` with `size` leaves. */
export const merkleProof: Target = {
  name: "merkle-proof",
  parsers: ["crypto/merkle-proof.ts (verifyInclusion, verifyConsistency)"],
  holds: "what is believed of the tree is so: the leaf is this one, the prefix this one, and the proof the only one",
  shape: json,
  verdicts: ["refused", "not of its schema"],
  most: 8_192,
  seeds: async () => {
    const seeds: Record<string, Buffer> = {};
    for (const [index, size] of [
      [0, 1],
      [0, 13],
      [6, 13],
      [12, 13],
      [7, 8],
    ] as const) {
      const proof = await inclusionProof(index, size, readLeaves);
      seeds[`leaf-${index}-of-${size}`] = jsonBytes({
        index,
        size,
        proof: proof.map((hash) => Buffer.from(hash).toString("hex")),
      });
    }
    return seeds;
  },
  open: () => ({
    execute: (input) => {
      const claim = readClaim(input);
      if (!claim) return "not of its schema";
      const { index, size } = claim;
      const proof = claim.proof.map((hash) => Buffer.from(hash, "hex"));
      const leaf = leaves[index] ?? Buffer.alloc(32);
      const included = verifyInclusion({ index, size, leaf, proof, root: rootOf(13) });
      if (included) hold(size === 13 && leaves[index] !== undefined, "another tree's leaf");
      const prefix = { first: index, second: size, firstRoot: rootOf(index), secondRoot: rootOf(13), proof };
      if (verifyConsistency(prefix))
        hold(index === 0 || (size === 13 && index <= 13) || index === size, "another prefix");
      return included ? accepted : "refused";
    },
  }),
};

function readClaim(input: Buffer): Claim | undefined {
  try {
    const { index, size, proof } = JSON.parse(input.toString("utf8")) as Record<string, unknown>;
    if (typeof index !== "number" || typeof size !== "number" || !Array.isArray(proof)) return undefined;
    return proof.every((hash) => typeof hash === "string") ? { index, size, proof } : undefined;
  } catch {
    return undefined;
  }
}
