import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportRecordLine, type StoredRecord, writeAuditExport } from "../../crypto/audit-export.ts";
import { writeRecordProof } from "../../crypto/audit-proof.ts";
import { commitRecord } from "../../crypto/audit-record.ts";
import { CompactRange } from "../../crypto/merkle.ts";
import { inclusionProof } from "../../crypto/merkle-proof.ts";
import { formatVerifierKey, signCheckpoint } from "../../crypto/signed-note.ts";
import type { AuditAudience } from "../../protocol/audit-export.ts";
import { collect, erased, stream } from "../unit/crypto/audit-log.ts";

/**
 * The vectors of docs/audit-log.md: `node test/vectors/audit-log.ts` writes them anew after a change of the layout. What
 * the verifier must say of each, `verdicts.json`, is kept by hand.
 */
export const folder = join(import.meta.dirname, "audit-log");
const origin = "portal.hospital.example/genkan-log/vectors";

/** RFC 8032, section 7.1, test 1: a key that is no secret. */
const privateKey = createPrivateKey({
  key: {
    kty: "OKP",
    crv: "Ed25519",
    d: Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex").toString("base64url"),
    x: Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex").toString("base64url"),
  },
  format: "jwk",
});
const key = formatVerifierKey(origin, createPublicKey(privateKey));

const own = { site: "sit_0000000000000001", vendor: null };
const other = { site: "sit_0000000000000002", vendor: null };
const vendors = { site: null, vendor: "ven_0000000000000003" };
const records = [own, other, vendors, own, own].map((owner, index): StoredRecord => {
  const at = new Date(Date.UTC(2026, 0, 5, 9, index)).toISOString();
  const body = JSON.stringify({
    at,
    action: "grant.revoke",
    outcome: "done",
    ...owner,
    subjects: { grant: `gnt_${index}` },
  });
  const salt = createHash("sha256").update(`salt ${index}`).digest();
  return { index, salt, body, leaf: commitRecord({ salt, body }).leaf };
});
const checkpoints = [3, 5].map((size) => {
  const tree = new CompactRange();
  for (const { leaf } of records.slice(0, size)) tree.append(leaf);
  return { size, note: signCheckpoint({ origin, size, root: tree.root() }, privateKey) };
});

async function file(of: { records?: StoredRecord[]; audience?: AuditAudience } = {}): Promise<string> {
  const { audience = null } = of;
  const log = {
    origin,
    key,
    audience,
    size: 5,
    records: stream(of.records ?? records),
    checkpoints: stream(checkpoints),
  };
  return (await collect(writeAuditExport(log))).join("");
}

const forOwn: AuditAudience = { sites: [own.site], vendors: [vendors.vendor] };
const erasure = records.with(3, erased(records[3] as StoredRecord));
const leaves = (start: number, end: number) => records.slice(start, end).map(({ leaf }) => leaf);

/** Each file, and how it is made. */
export const vectors: Record<string, () => Promise<string>> = {
  "whole.jsonl": () => file(),
  "site.jsonl": () => file({ audience: forOwn, records: erasure }),
  "damaged.jsonl": () => file({ records: records.filter(({ index }) => index !== 3) }),
  "doctored.jsonl": async () => (await file()).replace("gnt_1", "gnt_9"),
  "mailed.jsonl": async () => (await file()).replaceAll("\n", "\r\n"),
  "record-2.tlog-proof": async () => {
    const line = exportRecordLine(records[2] as StoredRecord);
    return writeRecordProof({
      line,
      index: 2,
      proof: await inclusionProof(2, 5, leaves),
      note: checkpoints[1]?.note ?? "",
    });
  },
  "checkpoint-3": () => Promise.resolve(checkpoints[0]?.note ?? ""),
  "verifier-key": () => Promise.resolve(`${key}\n`),
};

if (import.meta.main)
  for (const [name, write] of Object.entries(vectors)) writeFileSync(join(folder, name), await write());
