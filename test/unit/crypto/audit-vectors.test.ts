import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { verifyRecordProof } from "../../../crypto/audit-proof.ts";
import { verifyAuditExport } from "../../../crypto/audit-verify.ts";
import { folder, vectors } from "../../vectors/audit-log.ts";
import { stream } from "./audit-log.ts";

const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe("the vectors of the log's layout", () => {
  it.each(Object.entries(vectors))("%s is what this code writes, byte for byte", async (name, write) => {
    expect(read(name)).toBe(await write());
  });

  it.each(Object.keys(vectors).filter((name) => name.includes(".")))(
    "%s has the verdict that is kept",
    async (name) => {
      const verdict = name.endsWith(".jsonl")
        ? await verifyAuditExport(stream([readFileSync(join(folder, name))]), read("verifier-key"), {
            since: read("checkpoint-3"),
          })
        : verifyRecordProof(readFileSync(join(folder, name)), read("verifier-key"));
      const kept = JSON.parse(read("verdicts.json")) as Record<string, unknown>;
      expect(verdict).toEqual(kept[name]);
    },
  );
});

test.each(["docs/audit-log.md", "docs/ja/audit-log.md"])("%s names the vectors' root, and each file", (page) => {
  const text = readFileSync(page, "utf8");
  const { size, root } = opened(JSON.parse(read("whole.jsonl").trimEnd().split("\n").at(-1) ?? "").checkpoint);
  expect([size, text.includes(root)]).toEqual([5, true]);
  expect(Object.keys(vectors).filter((name) => !text.includes(`| \`${name}\` |`))).toEqual([]);
});

const sha256 = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
/** The leaf's hash, of a record that is told. */
function leafOfBody(body: string, salt: Buffer): Buffer {
  const { site = null, vendor = null } = JSON.parse(body) as Record<string, unknown>;
  const ownerSalt = sha256("genkan/audit-owner/v1\0", salt);
  const blind = (kind: string, id: unknown) => sha256(ownerSalt, JSON.stringify([kind, id]));
  const seal = sha256(salt, sha256(body));
  return sha256(Buffer.of(0), "genkan/audit/v1\0", ownerSalt, blind("site", site), blind("vendor", vendor), seal);
}
const bytes = (text: unknown) => Buffer.from(String(text), "base64url");

/** RFC 6962, section 2.1, word by word. */
function rootOf(hashes: Buffer[]): Buffer {
  if (hashes.length < 2) return hashes[0] ?? sha256();
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return sha256(Buffer.of(1), rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

/** Size and root of a note that the key has signed. */
function opened(note: string): { size: number; root: string } {
  const [name = "", id = "", ...encoded] = read("verifier-key").trim().split("+");
  const raw = Buffer.from(encoded.join("+"), "base64").subarray(1);
  const [text = "", signature = ""] = note.split("\n\n");
  const [dash, by, base64 = ""] = signature.trim().split(" ");
  const given = Buffer.from(base64, "base64");
  const publicKey = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") },
    format: "jwk",
  });
  expect([dash, by, given.toString("hex", 0, 4)]).toEqual(["—", name, id]);
  expect(sha256(`${name}\n`, Buffer.of(1), raw).toString("hex", 0, 4)).toBe(id);
  expect(verifySignature(null, Buffer.from(`${text}\n`), publicKey, given.subarray(4))).toBe(true);
  const [, size, root = ""] = text.split("\n");
  return { size: Number(size), root };
}

interface Line {
  readonly record?: Record<string, unknown>;
  readonly withheld?: Record<string, unknown>;
  readonly erased?: Record<string, unknown>;
  readonly checkpoint?: string;
}

describe("what the docs say of the layout is enough to verify by, without any code of Genkan", () => {
  it.each(["whole.jsonl", "site.jsonl"])("%s", (name) => {
    const hashes: Buffer[] = [];
    const kinds: string[] = [];
    for (const line of read(name).trimEnd().split("\n").slice(1)) {
      const { record, withheld, erased: gone, checkpoint } = JSON.parse(line) as Line;
      if (checkpoint !== undefined) {
        const { size, root } = opened(checkpoint);
        expect([size, root]).toEqual([hashes.length, rootOf(hashes).toString("base64")]);
        continue;
      }
      const shown = record ?? withheld ?? gone ?? {};
      expect(shown["index"]).toBe(hashes.length);
      const leaf = bytes(shown["leaf"]);
      if (record) {
        expect(sha256(String(record["body"])).toString("base64url")).toBe(record["commitment"]);
        expect(leafOfBody(String(record["body"]), bytes(record["salt"]))).toEqual(leaf);
      } else if (withheld) {
        const [ownerSalt, site, vendor, seal] = ["ownerSalt", "site", "vendor", "seal"].map((name) =>
          bytes(withheld[name]),
        ) as [Buffer, Buffer, Buffer, Buffer];
        expect(sha256(Buffer.of(0), "genkan/audit/v1\0", ownerSalt, site, vendor, seal)).toEqual(leaf);
        const blind = (kind: string, id: unknown) => sha256(ownerSalt, JSON.stringify([kind, id]));
        // It is of no site that is the audience's, nor of none.
        for (const id of ["sit_0000000000000001", null]) expect(site).not.toEqual(blind("site", id));
      }
      kinds.push(record ? "told" : withheld ? "withheld" : "erased");
      hashes.push(leaf);
    }
    expect(kinds.join(" ")).toBe(
      name === "whole.jsonl" ? "told told told told told" : "told withheld told erased told",
    );
  });

  it("record-2.tlog-proof", () => {
    const [head = "", note = ""] = read("record-2.tlog-proof").split(/\n\n([^]*)/);
    const [magic, extra = "", index, ...siblings] = head.split("\n");
    const { record } = JSON.parse(Buffer.from(extra.slice("extra ".length), "base64").toString("utf8")) as {
      record: { body: string; salt: string };
    };
    const leaf = leafOfBody(record.body, bytes(record.salt));
    const [right = "", left = "", last = ""] = siblings;
    const hash = (text: string) => Buffer.from(text, "base64");
    const node = (a: Buffer, b: Buffer) => sha256(Buffer.of(1), a, b);
    // Record 2 of 5: its neighbour 3, the pair 0 and 1, and 4 by itself.
    const root = node(node(hash(left), node(leaf, hash(right))), hash(last));
    expect([magic, index, siblings.length]).toEqual(["c2sp.org/tlog-proof@v1", "index 2", 3]);
    expect(opened(note)).toEqual({ size: 5, root: root.toString("base64") });
  });
});
