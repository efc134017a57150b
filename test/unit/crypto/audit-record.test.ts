import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { commitRecord } from "../../../crypto/audit-record.ts";
import { limits } from "../../../protocol/limits.ts";

const salt = Buffer.alloc(32, 9);
const sha256 = (...parts: (string | Uint8Array)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

describe("a record's commitment", () => {
  it("is laid out as documented, byte for byte", () => {
    const ownerSalt = sha256("genkan/audit-owner/v1\0", salt);
    for (const [body, site, vendor] of [
      ['{"name":"山田"}', null, null],
      ['{"site":"sit_1","vendor":null}', "sit_1", null],
      ['{"site":"sit_1","vendor":"ven_1"}', "sit_1", "ven_1"],
      ['{"site":7}', null, null],
      ["no JSON", null, null],
      ["null", null, null],
    ] as const) {
      const owner = [
        ownerSalt,
        sha256(ownerSalt, JSON.stringify(["site", site])),
        sha256(ownerSalt, JSON.stringify(["vendor", vendor])),
      ];
      const { commitment, seal, leafBytes, leaf } = commitRecord({ salt, body });
      expect(Buffer.from(commitment)).toEqual(sha256(body));
      expect(Buffer.from(seal)).toEqual(sha256(salt, sha256(body)));
      expect(Buffer.from(leafBytes).toString("hex")).toBe(
        Buffer.concat([Buffer.from("genkan/audit/v1\0"), ...owner, seal]).toString("hex"),
      );
      expect(Buffer.from(leaf)).toEqual(sha256(Buffer.of(0), leafBytes));
    }
  });

  it("of the same body differs with the salt, so an erased body can't be confirmed by guessing", () => {
    const one = commitRecord({ salt, body: "{}" });
    const other = commitRecord({ salt: Buffer.alloc(32, 8), body: "{}" });
    expect(Buffer.compare(one.leaf, other.leaf)).not.toBe(0);
  });

  it("is refused for a salt of another size, text without UTF-8, or a body beyond the limit", () => {
    const internal = expect.objectContaining({ code: "internal" });
    expect(() => commitRecord({ salt: salt.subarray(1), body: "{}" })).toThrow(internal);
    expect(() => commitRecord({ salt, body: '"\ud800"' })).toThrow(internal);
    const fits = "あ".repeat(Math.floor(limits.auditBodyBytes / 3));
    expect(commitRecord({ salt, body: fits }).leaf).toHaveLength(32);
    expect(() => commitRecord({ salt, body: `${fits}あ` })).toThrow(
      expect.objectContaining({ code: "body-too-large" }),
    );
  });
});
