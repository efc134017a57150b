import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { selfSignedCertificate } from "../../../crypto/certificate.ts";
import { createProgramKey, exportProgramKey, importProgramKey } from "../../../crypto/program-key.ts";
import { newId, randomBytes, randomToken } from "../../../crypto/random.ts";
import {
  equalSecret,
  fingerprint,
  jwkThumbprint,
  parseFingerprint,
  pinOf,
  sha256,
} from "../../../crypto/thumbprint.ts";
import { type IdKind, idPrefixes } from "../../../protocol/make-id.ts";

test("a program key is the same after it was written and read", () => {
  const programKey = createProgramKey();
  const again = importProgramKey(exportProgramKey(programKey));
  expect(again.pin).toBe(programKey.pin);
  expect(again.privateKey.equals(programKey.privateKey)).toBe(true);
  expect(createProgramKey().pin).not.toBe(programKey.pin);
});

test("what is printed of a program key has no private key in it", () => {
  const programKey = createProgramKey();
  const { d } = programKey.privateKey.export({ format: "jwk" });
  expect(JSON.stringify(programKey)).not.toContain(d);
  expect(JSON.stringify(programKey)).not.toContain("PRIVATE");
});

test.each(["ed25519", "P-256"])("a certificate of %s parses, is signed by its own key, and carries it", (kind) => {
  const { privateKey, publicKey } =
    kind === "P-256" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  const certificate = new X509Certificate(selfSignedCertificate(privateKey));
  expect(certificate.publicKey.equals(publicKey)).toBe(true);
  expect(certificate.verify(publicKey)).toBe(true);
  expect(certificate.checkIssued(certificate)).toBe(true);
  expect(new Date(certificate.validFrom).getTime()).toBe(0);
  expect(new Date(certificate.validTo).getUTCFullYear()).toBe(9999);
  expect(pinOf(certificate.publicKey)).toBe(pinOf(publicKey));
});

test("thumbprints of keys are those of RFC 7638 and RFC 8037", () => {
  // RFC 8037, appendix A.3.
  const jwk = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" } as const;
  expect(jwkThumbprint(jwk)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  // The order of the members is not the caller's.
  expect(jwkThumbprint({ x: jwk.x, crv: jwk.crv, kty: jwk.kty })).toBe(jwkThumbprint(jwk));
  const ec = { kty: "EC", crv: "P-256", x: "AAAA", y: "BBBB" } as const;
  expect(jwkThumbprint(ec)).toBe(sha256('{"crv":"P-256","kty":"EC","x":"AAAA","y":"BBBB"}'));
});

test("a fingerprint reads back, and nothing else reads as one", () => {
  const { pin } = createProgramKey();
  expect(parseFingerprint(` ${fingerprint(pin)}\n`)).toBe(pin);
  for (const text of ["", pin, `SHA256:${pin}A`, `sha256:${pin}`, `SHA256:${"=".repeat(43)}`])
    expect(() => parseFingerprint(text)).toThrowError(expect.objectContaining({ code: "bad-request" }));
});

test("secrets are equal when every byte is, whatever their lengths", () => {
  expect(equalSecret("abc", Buffer.from("abc"))).toBe(true);
  for (const other of ["abd", "ab", "abcd", "", "ABC"]) expect(equalSecret("abc", other)).toBe(false);
});

test("random tokens and ids are long enough and never the same", () => {
  expect(randomBytes(7)).toHaveLength(7);
  expect(Buffer.from(randomToken(), "base64url")).toHaveLength(32);
  expect(Buffer.from(randomToken(24), "base64url")).toHaveLength(24);
  expect(new Set(Array.from({ length: 500 }, () => randomToken())).size).toBe(500);
  for (const kind of Object.keys(idPrefixes) as IdKind[]) {
    const ids = Array.from({ length: 50 }, () => newId(kind));
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(new RegExp(`^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{16}$`));
  }
});
