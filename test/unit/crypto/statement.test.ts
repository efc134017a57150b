import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import Type from "typebox";
import { describe, expect, test } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import {
  parseStatement,
  signStatement,
  signWithJwk,
  statementHash,
  verifyStatement,
  verifyWithJwk,
} from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { Strict } from "../../../protocol/schema.ts";
import { EnrolmentProof, type StatementType, statementTypes } from "../../../protocol/statement.ts";

const Body = Strict({ to: Type.String() });
const payload = { to: "agent" };
const programKey = createProgramKey();

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "accepted",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** A JWS with any header and payload, signed as it says or not. */
const forge = (header: object, body: unknown, signer: (input: Buffer) => Buffer) => {
  const input = `${text(header)}.${typeof body === "string" ? body : text(body)}`;
  return `${input}.${signer(Buffer.from(input)).toString("base64url")}`;
};
const ed25519 = (key: KeyObject) => (input: Buffer) => sign(null, input, key);
const es256 = (key: KeyObject) => (input: Buffer) => sign("sha256", input, { key, dsaEncoding: "ieee-p1363" });

describe("the hash of a statement", () => {
  test("is SHA-256 of type, a zero byte, and the bytes", () => {
    // printf 'genkan/grant/v1\0{}' | sha256sum
    expect(Buffer.from(statementHash("genkan/grant/v1", Buffer.from("{}")), "base64url").toString("hex")).toBe(
      "366833fe0142e6d89a22cc68bf4e007a86b4e495c2f2c16c5282d794f3a7cb92",
    );
  });

  test("is another for each type and for each byte", () => {
    const bytes = Buffer.from("{}");
    const hashes = (Object.keys(statementTypes) as StatementType[]).map((type) => statementHash(type, bytes));
    expect(new Set([...hashes, statementHash("genkan/grant/v1", Buffer.from("{ }"))]).size).toBe(hashes.length + 1);
  });
});

describe("bytes of a statement", () => {
  test.each([
    ["no JSON", Buffer.from("{")],
    ["no UTF-8", Buffer.concat([Buffer.from('{"to":"'), Buffer.of(0xff), Buffer.from('"}')])],
    ["an unknown member", Buffer.from('{"to":"a","from":"b"}')],
    ["a missing member", Buffer.from("{}")],
    ["null", Buffer.from("null")],
    ["a member that stands there twice", Buffer.from('{"to":"a","to":"b"}')],
    ["white space", Buffer.from('{"to": "a"}')],
    ["another escape", Buffer.from('{"to":"\\u0061"}')],
  ])("with %s are refused with the caller's code", (_, bytes) => {
    expect(() => parseStatement(Body, bytes, "grant-malformed")).toThrowError(
      expect.objectContaining({ code: "grant-malformed" }),
    );
  });
});

describe("a statement of a program", () => {
  const verify = (jws: string, key: KeyObject = programKey.publicKey) =>
    codeOf(verifyStatement("genkan/ticket/v1", Body, jws, key, "ticket-invalid"));
  const header = { alg: "EdDSA", typ: "genkan/ticket/v1", kid: programKey.pin };
  const spki = programKey.publicKey.export({ type: "spki", format: "der" });
  const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });

  test("is accepted from its signer", async () => {
    const jws = await signStatement("genkan/ticket/v1", payload, programKey.privateKey, programKey.pin);
    expect(await verifyStatement("genkan/ticket/v1", Body, jws, programKey.publicKey, "ticket-invalid")).toEqual(
      payload,
    );
    expect(await verify(forge(header, payload, ed25519(programKey.privateKey)))).toBe("accepted");
  });

  test.each<[string, () => string]>([
    ["another key", () => forge(header, payload, ed25519(createProgramKey().privateKey))],
    ["another type", () => forge({ ...header, typ: "genkan/lease/v1" }, payload, ed25519(programKey.privateKey))],
    ["no type", () => forge({ alg: "EdDSA" }, payload, ed25519(programKey.privateKey))],
    [
      "a type in another case",
      () => forge({ ...header, typ: "GENKAN/TICKET/V1" }, payload, ed25519(programKey.privateKey)),
    ],
    ["no algorithm", () => forge({ ...header, alg: "none" }, payload, () => Buffer.alloc(0))],
    [
      "a public key in place of a secret",
      () => forge({ ...header, alg: "HS256" }, payload, (input) => createHmac("sha256", spki).update(input).digest()),
    ],
    ["another algorithm", () => forge({ ...header, alg: "ES256" }, payload, es256(p256.privateKey))],
    [
      "a key that it brings itself",
      () => {
        const other = createProgramKey();
        return forge({ ...header, jwk: publicJwkOf(other.publicKey) }, payload, ed25519(other.privateKey));
      },
    ],
    [
      "a critical header that nobody knows",
      () => forge({ ...header, crit: ["exp"], exp: 1 }, payload, ed25519(programKey.privateKey)),
    ],
    [
      "a payload that is not encoded",
      () => forge({ ...header, crit: ["b64"], b64: false }, "plain", ed25519(programKey.privateKey)),
    ],
    ["a payload of another shape", () => forge(header, { to: 1 }, ed25519(programKey.privateKey))],
    ["two parts", () => `${text(header)}.${text(payload)}`],
    ["nothing", () => ""],
  ])("with %s is refused", async (_, make) => {
    expect(await verify(make())).toBe("ticket-invalid");
  });

  test("is refused when any character of it is another", async () => {
    const jws = forge(header, payload, ed25519(programKey.privateKey));
    for (let at = 0; at < jws.length - 1; at += 5) {
      if (jws[at] === ".") continue;
      const doctored = jws.slice(0, at) + (jws[at] === "A" ? "B" : "A") + jws.slice(at + 1);
      expect(await verify(doctored)).toBe("ticket-invalid");
    }
  });
});

describe.each(["Ed25519", "P-256"] as const)("a statement of a workstation with a key of %s", (curve) => {
  const make = () => (curve === "Ed25519" ? createProgramKey() : generateKeyPairSync("ec", { namedCurve: "P-256" }));
  const { privateKey, publicKey } = make();
  const jwk = publicJwkOf(publicKey);
  const signer = curve === "Ed25519" ? ed25519(privateKey) : es256(privateKey);
  const alg = curve === "Ed25519" ? "EdDSA" : "ES256";
  const type = "genkan/enrolment/v1" as const;
  const proof = { origin: "https://portal.example.org", subject: "sig_1", issuedAt: "2026-03-02T01:00:00.000Z" };
  const verify = (jws: string) => codeOf(verifyWithJwk(type, EnrolmentProof, jws, "proof-invalid"));

  test("is accepted with the thumbprint of the key that signed", async () => {
    const jws = await signWithJwk(type, proof, privateKey, jwk);
    expect(await verifyWithJwk(type, EnrolmentProof, jws, "proof-invalid")).toEqual({
      payload: proof,
      bytes: new Uint8Array(Buffer.from(JSON.stringify(proof))),
      thumbprint: jwkThumbprint(jwk),
      jwk,
    });
    expect(await verify(forge({ alg, typ: type, jwk }, proof, signer))).toBe("accepted");
  });

  test.each<[string, () => string]>([
    ["the key of another", () => forge({ alg, typ: type, jwk: publicJwkOf(make().publicKey) }, proof, signer)],
    [
      "its private half in the header",
      () => forge({ alg, typ: type, jwk: { ...jwk, d: privateKey.export({ format: "jwk" }).d } }, proof, signer),
    ],
    ["no key", () => forge({ alg, typ: type }, proof, signer)],
    [
      "a symmetric key",
      () =>
        forge({ alg: "HS256", typ: type, jwk: { kty: "oct", k: "AAAA" } }, proof, () =>
          createHmac("sha256", Buffer.alloc(3)).update("x").digest(),
        ),
    ],
    ["another type", () => forge({ alg, typ: "genkan/proof/v1", jwk }, proof, signer)],
    ["the type of a DPoP proof", () => forge({ alg, typ: "dpop+jwt", jwk }, proof, signer)],
    ["no algorithm", () => forge({ alg: "none", typ: type, jwk }, proof, () => Buffer.alloc(64))],
    [
      "the algorithm of the other curve",
      () => forge({ alg: alg === "EdDSA" ? "ES256" : "EdDSA", typ: type, jwk }, proof, signer),
    ],
    [
      "a point that is on no curve",
      () => forge({ alg, typ: type, jwk: { ...jwk, x: Buffer.alloc(32, 0xff).toString("base64url") } }, proof, signer),
    ],
    ["a member too many", () => forge({ alg, typ: type, jwk }, { ...proof, admin: true }, signer)],
    ["an encoding that is none", () => "!.!.!"],
  ])("with %s is refused", async (_, forged) => {
    expect(await verify(forged())).toBe("proof-invalid");
  });
});

test("a key of a kind that no workstation has is refused", () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  expect(() => publicJwkOf(publicKey)).toThrowError(expect.objectContaining({ code: "bad-request" }));
});
