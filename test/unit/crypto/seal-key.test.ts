import { diffieHellman, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createProgramKey, exportProgramKey } from "../../../crypto/program-key.ts";
import { canSealTo, createSealKey, exportSealKey, importSealKey } from "../../../crypto/seal-key.ts";

describe("a seal key", () => {
  test("is read again as it was written, and shares a secret with whoever seals to its public part", () => {
    const made = createSealKey();
    const read = importSealKey(exportSealKey(made));
    expect(read.publicKey).toBe(made.publicKey);
    expect(canSealTo(made.publicKey)).toBe(true);
    const other = generateKeyPairSync("x25519");
    const secret = diffieHellman({ privateKey: read.privateKey, publicKey: other.publicKey });
    expect(secret).toHaveLength(32);
  });

  test.each([
    ["a program key, which signs", exportProgramKey(createProgramKey())],
    ["no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"],
    ["nothing", ""],
  ])("is not read from %s", (_, pem) => {
    expect(() => importSealKey(pem)).toThrow(expect.objectContaining({ code: "bad-request" }));
  });

  const point = (...first: number[]) => Buffer.concat([Buffer.from(first), Buffer.alloc(32)]).subarray(0, 32);
  test.each([
    ["zero, with which everybody shares the same secret", point(0).toString("base64url")],
    ["one, of low order", point(1).toString("base64url")],
    ["31 bytes", Buffer.alloc(31, 9).toString("base64url")],
    ["33 bytes", Buffer.alloc(33, 9).toString("base64url")],
    ["32 bytes in another spelling", `${Buffer.alloc(32, 9).toString("base64url").slice(0, -1)}B`],
    ["nothing", ""],
  ])("can't be sealed to when it is %s", (_, text) => {
    expect(canSealTo(text)).toBe(false);
  });
});
