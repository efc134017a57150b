import { createHash } from "node:crypto";
import { type CoseKey, readCoseKey } from "../../../crypto/cose.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { verifyAssertion } from "../../../crypto/webauthn.ts";
import { cborMap, Passkey } from "../../passkey.ts";
import * as fixture from "../fixture.ts";
import { bytes } from "../shape/bytes.ts";
import { json } from "../shape/json.ts";
import { mix, type Shape } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const { approvalBytes, assertionOver, authenticatorData, clientDataOf, jsonBytes, origin, passkeyCose, rp } = fixture;
const challenge = statementHash("genkan/approval/v1", approvalBytes);
const algorithms = ["ES256", "EdDSA", "RS256"] as const;

/** A COSE_Key, as a list of approvers and the store keep it. */
export const coseKey: Target = {
  name: "cose-key",
  parsers: ["crypto/cose.ts"],
  holds: "it is a public key of the named kind, whose numbers stand in the input as they were read",
  shape: bytes,
  words: [
    "\x01\x02\x03\x26",
    "\x20\x01\x21\x58\x20",
    "\x58\x20",
    "\x59\x01\x00",
    "\xbf\xff",
    "\xa5",
    "\x3b",
    "\x18\x17",
    "\xf6",
  ],
  verdicts: ["refused"],
  most: 2_048,
  seeds: () => ({
    ...Object.fromEntries(
      algorithms.map((name) => [name, Buffer.from(new Passkey(rp, origin, name).publicKeyCose, "base64url")]),
    ),
    fixture: Buffer.from(passkeyCose, "base64url"),
    "with-operations": Buffer.concat([
      Buffer.from("a6", "hex"),
      Buffer.from(passkeyCose, "base64url").subarray(1),
      cborMap([2, Buffer.of(1)]).subarray(1),
    ]),
  }),
  open: () => ({
    execute: (input) => {
      let read: CoseKey;
      try {
        read = readCoseKey(input);
      } catch (error) {
        // Its documented refusal; DataView says the same for what is cut short.
        if (error instanceof RangeError) return "refused";
        throw error;
      }
      const { algorithm, key } = read;
      const type = { ES256: "ec", EdDSA: "ed25519", RS256: "rsa" }[algorithm];
      hold(key.asymmetricKeyType === type && key.type === "public", "another kind of key");
      const jwk = key.export({ format: "jwk" });
      // Every byte string of the key stands in the input, as it was read.
      for (const name of ["x", "y", "n"] as const)
        if (jwk[name] !== undefined) hold(input.includes(Buffer.from(jwk[name], "base64url")), `another ${name}`);
      return accepted;
    },
  }),
};

/** `{authenticatorData, clientDataJson, signature, publicKey}`, each base64url. */
const inBase64Url: Shape = (input, m) => {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(input.toString("utf8")) as Record<string, unknown>;
  } catch {
    return json(input, m);
  }
  const name = m.random.of(["authenticatorData", "clientDataJson", "signature", "publicKey"] as const);
  const part = Buffer.from(String(value[name]), "base64url");
  const changed = name === "clientDataJson" ? json(part, m) : bytes(part, m);
  return jsonBytes({ ...value, [name]: changed.toString("base64url") });
};

interface Shown {
  readonly authenticatorData: string;
  readonly clientDataJson: string;
  readonly signature: string;
  readonly publicKey: string;
}

function readShown(input: Buffer): Shown | undefined {
  try {
    const value = JSON.parse(input.toString("utf8")) as Record<string, unknown>;
    const names = ["authenticatorData", "clientDataJson", "signature", "publicKey"] as const;
    return names.every((name) => typeof value[name] === "string") ? (value as unknown as Shown) : undefined;
  } catch {
    return undefined;
  }
}

export const assertion: Target = {
  name: "assertion",
  parsers: ["crypto/webauthn.ts", "crypto/cose.ts"],
  holds: "nothing is accepted but, to the byte, data that an honest authenticator signed for this challenge",
  shape: mix([6, inBase64Url], [1, json], [1, text]),
  words: ["webauthn.get", "webauthn.create", "crossOrigin", "topOrigin", origin, challenge],
  verdicts: ["approval-missing", "not of its schema"],
  most: 16_384,
  seeds: () =>
    Object.fromEntries(
      algorithms.map((name) => {
        const passkey = new Passkey(rp, origin, name);
        return [name, jsonBytes({ ...passkey.sign(challenge), publicKey: passkey.publicKeyCose })];
      }),
    ),
  open: () => ({
    execute: (input) => {
      const shown = readShown(input);
      if (!shown) return "not of its schema";
      const { publicKey, ...signed } = shown;
      verifyAssertion(signed, { challenge, origin, rp, publicKey }, "approval-missing");
      hold(Buffer.from(signed.clientDataJson, "base64url").equals(clientDataOf(challenge)), "forged client data");
      hold(Buffer.from(signed.authenticatorData, "base64url").equals(authenticatorData), "forged authenticator data");
      return accepted;
    },
  }),
};

/** 37 bytes or more of authenticator data, then the client data: an authenticator that says anything signs them as they are. */
const bothParts: Shape = (input, m) => {
  const data = input.subarray(0, 37);
  const client = input.subarray(37);
  return m.random.once(3) ? Buffer.concat([bytes(data, m), client]) : Buffer.concat([data, json(client, m)]);
};

export const assertionSigned: Target = {
  name: "assertion-signed",
  replayed: 1_000,
  parsers: ["crypto/webauthn.ts"],
  holds: "challenge, whole origin, relying party, presence and verification are what was expected, in no foreign frame",
  shape: bothParts,
  words: [
    "webauthn.get",
    "webauthn.create",
    "crossOrigin",
    "topOrigin",
    `${origin}:443`,
    `${origin}.evil.example`,
    challenge,
  ],
  verdicts: ["approval-missing"],
  most: 4_096,
  seeds: () => ({
    get: Buffer.concat([authenticatorData, clientDataOf(challenge)]),
    "other-browsers-members": Buffer.concat([
      authenticatorData,
      jsonBytes({
        type: "webauthn.get",
        challenge,
        origin,
        other_keys_can_be_added_here: "do not compare clientDataJSON against a template. See https://goo.gl/yabPex",
      }),
    ]),
  }),
  open: () => ({
    execute: (input) => {
      const data = input.subarray(0, 37);
      const client = input.subarray(37);
      const expected = { challenge, origin, rp, publicKey: passkeyCose };
      verifyAssertion(assertionOver(data, client), expected, "approval-missing");
      const said = JSON.parse(client.toString("utf8")) as Record<string, unknown>;
      const { type, crossOrigin = false, topOrigin } = said;
      hold(
        type === "webauthn.get" && said["challenge"] === challenge && said["origin"] === origin,
        "another assertion",
      );
      hold(crossOrigin === false && topOrigin === undefined, "a foreign frame");
      hold(data.subarray(0, 32).equals(createHash("sha256").update(rp).digest()), "another relying party");
      hold(((data[32] ?? 0) & 0x45) === 0x05, "nobody was verified");
      return accepted;
    },
  }),
};
