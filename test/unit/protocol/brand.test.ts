import { generateKeyPairSync } from "node:crypto";
import { expect, expectTypeOf, test } from "vitest";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { randomToken } from "../../../crypto/random.ts";
import { jwkThumbprint, parseFingerprint, parseHash, pinOf, sha256 } from "../../../crypto/thumbprint.ts";
import type { Hash, Pin, Thumbprint, Token } from "../../../protocol/brand.ts";

test("a hash, a pin and a thumbprint are told apart where they are written, though all are 43 characters", () => {
  const { publicKey } = generateKeyPairSync("ed25519");
  const [hash, pin, thumbprint] = [sha256("x"), pinOf(publicKey), jwkThumbprint(publicJwkOf(publicKey))];
  for (const text of [hash, pin, thumbprint]) expect(text).toMatch(/^[\w-]{43}$/);
  expect(new Set([hash, pin, thumbprint]).size).toBe(3);
  expectTypeOf(hash).toEqualTypeOf<Hash>();
  expectTypeOf(pin).toEqualTypeOf<Pin>();
  expectTypeOf(thumbprint).toEqualTypeOf<Thumbprint>();
  expectTypeOf<Pin>().not.toExtend<Hash>();
  expectTypeOf<Pin>().not.toExtend<Thumbprint>();
  expectTypeOf<Thumbprint>().not.toExtend<Pin>();
  expectTypeOf<string>().not.toExtend<Hash>();
  expectTypeOf<string>().not.toExtend<Thumbprint>();
});

test("a token goes nowhere where its hash is kept, nor a hash where a token opens something", () => {
  const token = randomToken();
  expectTypeOf(token).toEqualTypeOf<Token>();
  expectTypeOf<Token>().not.toExtend<Hash>();
  expectTypeOf<Hash>().not.toExtend<Token>();
  expect(sha256(token)).not.toBe(token);
});

test("what people type of a key is a pin, and what they type of a statement a hash", () => {
  const text = `SHA256:${sha256("x")}`;
  expectTypeOf(parseFingerprint(text)).toEqualTypeOf<Pin>();
  expectTypeOf(parseHash(text)).toEqualTypeOf<Hash>();
  expect(parseHash(text)).toBe(sha256("x"));
  expect(() => parseHash("SHA256:short")).toThrow(expect.objectContaining({ code: "bad-request" }));
});
