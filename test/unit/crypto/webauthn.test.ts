import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCoseKey } from "../../../crypto/cose.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { verifyAssertion } from "../../../crypto/webauthn.ts";
import { cborMap, type Deviation, Passkey } from "../../passkey.ts";

const rp = "staff.example.org";
const origin = "https://staff.example.org:8443";
const bytes = Buffer.from('{"type":"genkan/approval/v1"}');
const challenge = statementHash("genkan/approval/v1", bytes);

const expectedOf = (passkey: Passkey) => ({ challenge, origin, rp, publicKey: passkey.publicKeyCose });

function outcome(action: () => void): string {
  try {
    action();
    return "accepted";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe.each(["ES256", "EdDSA", "RS256"] as const)("an assertion signed with %s", (algorithm) => {
  const passkey = new Passkey(rp, origin, algorithm);
  const verify = (deviation: Deviation, expected: Partial<ReturnType<typeof expectedOf>> = {}) =>
    outcome(() =>
      verifyAssertion(passkey.sign(challenge, deviation), { ...expectedOf(passkey), ...expected }, "approval-missing"),
    );

  test("is accepted when everything holds, whatever its counter, and with signed extensions", () => {
    expect(verify({})).toBe("accepted");
    expect(verify({ counter: 7 })).toBe("accepted");
    expect(verify({ extensions: true, trailing: Buffer.of(0xa0) })).toBe("accepted");
  });

  test.each<[string, Deviation]>([
    ["registration in place of an assertion", { type: "webauthn.create" }],
    ["another origin", { origin: "https://staff.example.org" }],
    ["an origin that only begins alike", { origin: `${origin}.evil.example` }],
    ["a cross-origin frame", { crossOrigin: true }],
    ["a top origin", { topOrigin: "https://evil.example" }],
    ["another relying party", { rp: "example.org" }],
    ["nobody present", { userPresent: false }],
    ["nobody verified", { userVerified: false }],
    ["credential data in an assertion", { attested: true }],
    ["bytes after the authenticator data", { trailing: Buffer.of(0) }],
  ])("is refused for %s", (_, deviation) => {
    expect(verify(deviation)).toBe("approval-missing");
  });

  test("is refused for another challenge, another key, and the same bytes as another kind of statement", () => {
    expect(verify({}, { challenge: statementHash("genkan/approvers/v1", bytes) })).toBe("approval-missing");
    expect(verify({}, { publicKey: new Passkey(rp, origin, algorithm).publicKeyCose })).toBe("approval-missing");
    expect(verify({}, { publicKey: "AAAA" })).toBe("approval-missing");
  });

  test("is refused when any byte of what was signed, or of the signature, is another", () => {
    const assertion = passkey.sign(challenge);
    for (const part of ["authenticatorData", "clientDataJson", "signature"] as const) {
      const original = Buffer.from(assertion[part], "base64url");
      for (let at = 0; at < original.length; at += 7) {
        const doctored = Buffer.from(original);
        doctored[at] = (doctored[at] as number) ^ 0x01;
        const shown = { ...assertion, [part]: doctored.toString("base64url") };
        expect(outcome(() => verifyAssertion(shown, expectedOf(passkey), "approval-missing"))).toBe("approval-missing");
      }
    }
  });
});

test("client data that is no JSON object, and authenticator data that is cut short, are refused with the caller's code", () => {
  const passkey = new Passkey(rp, origin);
  const honest = passkey.sign(challenge);
  const data = Buffer.from(honest.authenticatorData, "base64url");
  for (const client of ["[]", "null", "{", "\uFEFF{}", ""]) {
    const shown = passkey.assertionOver(data, Buffer.from(client));
    expect(outcome(() => verifyAssertion(shown, expectedOf(passkey), "trust-refused"))).toBe("trust-refused");
  }
  const short = passkey.assertionOver(data.subarray(0, 36), Buffer.from(honest.clientDataJson, "base64url"));
  expect(outcome(() => verifyAssertion(short, expectedOf(passkey), "trust-refused"))).toBe("trust-refused");
});

describe("a COSE key", () => {
  const good = Buffer.from(new Passkey(rp, origin).publicKeyCose, "base64url");
  const x = good.subarray(10, 42);
  const y = good.subarray(45, 77);
  const modulus = (length: number) => Buffer.alloc(length, 0xff);
  const rsa = (n: Buffer, ...e: number[]) => cborMap([1, 3], [3, -257], [-1, n], [-2, Buffer.from(e)]);
  const ed25519 = (...first: number[]) =>
    cborMap([1, 1], [3, -8], [-1, 6], [-2, Buffer.concat([Buffer.from(first), Buffer.alloc(32)]).subarray(0, 32)]);

  test("is read in its deterministic form", () => {
    expect(readCoseKey(good).algorithm).toBe("ES256");
    expect(readCoseKey(cborMap([1, 2], [3, -7], [-1, 1], [-2, x], [-3, y])).key.asymmetricKeyType).toBe("ec");
  });

  test.each<[string, Uint8Array]>([
    ["is empty", Buffer.alloc(0)],
    ["is an array", Buffer.of(0x80)],
    ["has an indefinite length", Buffer.concat([Buffer.of(0xbf), good.subarray(1), Buffer.of(0xff)])],
    ["has bytes after it", Buffer.concat([good, Buffer.of(0)])],
    ["is cut short", good.subarray(0, -1)],
    ["has a label twice", cborMap([1, 2], [1, 2], [3, -7], [-1, 1], [-2, x], [-3, y])],
    ["has an integer in a longer form", Buffer.concat([Buffer.of(0xa5, 0x18, 0x01), good.subarray(2)])],
    ["has an unknown algorithm", cborMap([1, 2], [3, -35], [-1, 1], [-2, x], [-3, y])],
    ["mixes the type of one key with the algorithm of another", cborMap([1, 1], [3, -7], [-1, 6], [-2, x])],
    ["is on another curve", cborMap([1, 2], [3, -7], [-1, 2], [-2, x], [-3, y])],
    ["is a point off the curve", cborMap([1, 2], [3, -7], [-1, 1], [-2, x], [-3, x])],
    ["has a short coordinate", cborMap([1, 2], [3, -7], [-1, 1], [-2, x.subarray(1)], [-3, y])],
    [
      "is P-256 at infinity, or zero",
      cborMap([1, 2], [3, -7], [-1, 1], [-2, Buffer.alloc(32)], [-3, Buffer.alloc(32)]),
    ],
    ["has a coordinate beyond the field", cborMap([1, 2], [3, -7], [-1, 1], [-2, Buffer.alloc(32, 0xff)], [-3, y])],
    ["is RSA with e = 1, which verifies anything", rsa(modulus(256), 1)],
    ["is RSA with e = 1 behind zeros", rsa(modulus(256), 0, 0, 1)],
    ["is RSA with e = 3", rsa(modulus(256), 3)],
    ["is RSA with an even exponent", rsa(modulus(256), 1, 0, 0)],
    ["is RSA with a longer exponent", rsa(modulus(256), 0, 1, 0, 1)],
    ["is RSA with an even modulus", rsa(Buffer.concat([modulus(255), Buffer.of(0x02)]), 1, 0, 1)],
    ["is RSA of 2,047 bits in 256 bytes", rsa(Buffer.concat([Buffer.of(0x7f), modulus(255)]), 1, 0, 1)],
    ["is RSA of 8,200 bits", rsa(modulus(1_025), 1, 0, 1)],
    ["is Ed25519 at the neutral point, with which a signature holds for anything", ed25519(1)],
    ["is Ed25519 at the neutral point in another form", ed25519(0xee, ...Array<number>(30).fill(0xff), 0x7f)],
    ["is Ed25519 of order 4", ed25519(0)],
    ["is Ed25519 of order 2", ed25519(0xec, ...Array<number>(30).fill(0xff), 0x7f)],
    [
      "is Ed25519 of order 8",
      ed25519(...Buffer.from("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "hex")),
    ],
    [
      "is Ed25519 of order 8 with the other sign",
      ed25519(...Buffer.from("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "hex")),
    ],
    ["is Ed25519 of 31 bytes", cborMap([1, 1], [3, -8], [-1, 6], [-2, Buffer.alloc(31, 9)])],
    ["is Ed25519 on another curve", cborMap([1, 1], [3, -8], [-1, 4], [-2, Buffer.alloc(32, 9)])],
    ["is RSA of 1,024 bits", cborMap([1, 3], [3, -257], [-1, Buffer.alloc(128, 0xff)], [-2, Buffer.of(1, 0, 1)])],
  ])("that %s is refused", (_, bytes) => {
    expect(() => readCoseKey(bytes)).toThrow(RangeError);
  });

  test("of any bytes is read or refused with a RangeError, and nothing else happens", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(), (noise, cut) => {
        for (const bytes of [noise, Buffer.concat([good.subarray(0, cut % good.length), noise])]) {
          try {
            expect(readCoseKey(bytes).algorithm).toBe("ES256");
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }
      }),
    );
  });
});
