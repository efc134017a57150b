import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { CompactSign } from "jose";
import { describe, expect, it } from "vitest";
import { accessTokenHash, makeDpopProof, verifyDpopProof } from "../../../crypto/dpop.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";
import type { PublicJwk } from "../../../protocol/workstation.ts";

const nowMs = Date.parse("2026-03-01T09:00:00.000Z");
const iat = nowMs / 1_000;
const jti = "0123456789abcdefghij";
const htu = "https://portal.example/api/sessions";
const token = "an-access-token";
const expected = { htm: "POST", htu, accessToken: token, nowMs };
const claims = { htm: "POST", htu, jti, iat, ath: accessTokenHash(token) };

interface Pair {
  key: KeyObject;
  jwk: PublicJwk;
}
function pairOf(key: KeyObject): Pair {
  return { key, jwk: publicJwkOf(createPublicKey(key)) };
}
const ed25519 = pairOf(generateKeyPairSync("ed25519").privateKey);
const p256 = pairOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);

/** Signs whatever it is told, as a hostile client can. */
function forge(header: object, payload: object | string, key: KeyObject = ed25519.key): Promise<string> {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: "EdDSA", ...header }).sign(key);
}
const header = { typ: "dpop+jwt", jwk: ed25519.jwk };

describe("a DPoP proof", () => {
  it.each([
    ["Ed25519", ed25519],
    ["P-256", p256],
  ])("made with %s is accepted and names its key", async (_name, { key, jwk }) => {
    const proof = await makeDpopProof(key, jwk, claims);
    await expect(verifyDpopProof(proof, expected)).resolves.toEqual({ thumbprint: jwkThumbprint(jwk), jti, jwk });
  });

  it("has the thumbprint of RFC 8037, appendix A.3, for the key of its appendix A.1", () => {
    const key = createPrivateKey({
      key: {
        kty: "OKP",
        crv: "Ed25519",
        d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      },
      format: "jwk",
    });
    expect(jwkThumbprint(pairOf(key).jwk)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });

  it("is for a URI without its query and fragment, whatever the case of scheme and host", async () => {
    const proof = await makeDpopProof(ed25519.key, ed25519.jwk, { ...claims, htu: `${htu}?page=2#top` });
    const shouting = "HTTPS://Portal.Example:443/api/sessions?page=3";
    await expect(verifyDpopProof(proof, { ...expected, htu: shouting })).resolves.toMatchObject({ jti });
  });

  it("needs no token hash at the token endpoint", async () => {
    const { ath: _, ...bare } = claims;
    const proof = await makeDpopProof(ed25519.key, ed25519.jwk, bare);
    await expect(verifyDpopProof(proof, { ...expected, accessToken: null })).resolves.toMatchObject({ jti });
  });

  it("holds to the edge of its time and no further, both ways", async () => {
    const proof = await makeDpopProof(ed25519.key, ed25519.jwk, claims);
    for (const side of [-1, 1]) {
      const edge = nowMs + side * limits.dpopMs;
      await expect(verifyDpopProof(proof, { ...expected, nowMs: edge })).resolves.toMatchObject({ jti });
      const beyond = edge + side * 1_000;
      await expect(verifyDpopProof(proof, { ...expected, nowMs: beyond })).rejects.toMatchObject({
        code: "dpop-invalid",
      });
    }
  });

  const { ath: _ath, ...withoutHash } = claims;
  const { jti: _jti, ...withoutId } = claims;
  const corpus: [string, () => Promise<string> | string][] = [
    ["is for another method", () => forge(header, { ...claims, htm: "GET" })],
    ["is for another path", () => forge(header, { ...claims, htu: "https://portal.example/api/locks" })],
    ["is for another host", () => forge(header, { ...claims, htu: "https://evil.example/api/sessions" })],
    ["is for another scheme", () => forge(header, { ...claims, htu: "http://portal.example/api/sessions" })],
    ["names no absolute URI", () => forge(header, { ...claims, htu: "/api/sessions" })],
    ["is for another token", () => forge(header, { ...claims, ath: accessTokenHash("another") })],
    ["is for no token", () => forge(header, withoutHash)],
    ["has no id", () => forge(header, withoutId)],
    ["has an id that can be guessed", () => forge(header, { ...claims, jti: "1" })],
    ["tells its time as text", () => forge(header, { ...claims, iat: String(iat) })],
    ["has another type", () => forge({ ...header, typ: "JWT" }, claims)],
    ["is a workstation's statement", () => forge({ ...header, typ: "genkan/proof/v1" }, claims)],
    ["carries no key", () => forge({ typ: "dpop+jwt" }, claims)],
    [
      "carries a key that did not sign it",
      () => forge({ ...header, jwk: pairOf(generateKeyPairSync("ed25519").privateKey).jwk }, claims),
    ],
    ["carries its private key", () => forge({ ...header, jwk: ed25519.key.export({ format: "jwk" }) }, claims)],
    ["carries a symmetric key", () => forge({ ...header, jwk: { kty: "oct", k: "c2VjcmV0" } }, claims)],
    ["has a payload that is not JSON", () => forge(header, "not json")],
    ["has a payload that is no object", () => forge(header, "[]")],
    [
      "is unsigned",
      () => {
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
        return `${part({ ...header, alg: "none" })}.${part(claims)}.AA`;
      },
    ],
    [
      "was changed after it was signed",
      async () => {
        const [head, , signature] = (await forge(header, claims)).split(".");
        const body = Buffer.from(JSON.stringify({ ...claims, jti: "another-jti-0123456789" })).toString("base64url");
        return `${head}.${body}.${signature}`;
      },
    ],
    ["is empty", () => ""],
    ["is no JWS", () => "a.b"],
    ["is too long", () => `${"a".repeat(9_000)}.b.c`],
  ];
  it.each(corpus)("is refused when it %s", async (_name, make) => {
    await expect(verifyDpopProof(await make(), expected)).rejects.toMatchObject({ code: "dpop-invalid" });
  });
});
