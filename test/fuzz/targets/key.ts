import { createHash, createPublicKey } from "node:crypto";
import { AtRestKey, seal, unseal } from "../../../crypto/at-rest.ts";
import { accessTokenHash, verifyDpopProof } from "../../../crypto/dpop.ts";
import { exportProgramKey, importProgramKey } from "../../../crypto/program-key.ts";
import { revealSecret } from "../../../crypto/secret.ts";
import { fingerprint, jwkThumbprint, parseFingerprint } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";
import { asPin } from "../../brand.ts";
import {
  browserJwk,
  browserKey,
  ed25519,
  jsonBytes,
  jwsOver,
  now,
  p256,
  pemOf,
  token,
  workstation,
  workstationJwk,
} from "../fixture.ts";
import { json } from "../shape/json.ts";
import { lines, segments } from "../shape/parts.ts";
import { mix, type Shape } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const accessToken = token("access");
const htu = "https://portal.example.org/api/sessions";
const claims = { htm: "POST", htu, jti: token("jti"), iat: now.getTime() / 1_000, ath: accessTokenHash(accessToken) };
const expected = { htm: "POST", htu: `${htu}?x=1`, accessToken, nowMs: now.getTime() };
const words = [
  "dpop+jwt",
  "EdDSA",
  "ES256",
  "none",
  "HS256",
  "jwk",
  "d",
  "crit",
  "HTTPS://Portal.Example.ORG:443/api/sessions",
  "ath",
];

export const dpop: Target = {
  name: "dpop",
  replayed: 1_000,
  parsers: ["crypto/dpop.ts", "protocol/dpop.ts"],
  holds: "by a known key nothing is accepted but what it signed for this request",
  shape: mix([3, segments(json)], [1, text]),
  words,
  verdicts: ["dpop-invalid"],
  most: 16_384,
  seeds: () => ({
    ed25519: jwsOver(jsonBytes({ alg: "EdDSA", typ: "dpop+jwt", jwk: workstationJwk }), jsonBytes(claims), workstation),
    p256: jwsOver(jsonBytes({ alg: "ES256", typ: "dpop+jwt", jwk: browserJwk }), jsonBytes(claims), browserKey),
  }),
  open: () => ({
    execute: async (input) => {
      const { jti, thumbprint } = await verifyDpopProof(input.toString("latin1"), expected);
      if ([workstationJwk, browserJwk].some((jwk) => jwkThumbprint(jwk) === thumbprint))
        hold(jti === claims.jti, "forged");
      return accepted;
    },
  }),
};

const twoLines: Shape = (input, m) => {
  const end = Math.max(0, input.indexOf(10));
  const header = input.subarray(0, end);
  const payload = input.subarray(end + 1);
  const [first, second] = m.random.once(3) ? [json(header, m), payload] : [header, json(payload, m)];
  return Buffer.from(`${first.toString("latin1").replaceAll("\n", " ")}\n${second.toString("latin1")}`, "latin1");
};

export const dpopSigned: Target = {
  name: "dpop-signed",
  replayed: 500,
  parsers: ["crypto/dpop.ts", "protocol/dpop.ts"],
  holds: "method, target, time and token are those of the request",
  shape: twoLines,
  words,
  verdicts: ["dpop-invalid"],
  most: 8_192,
  seeds: () => ({
    one: Buffer.concat([
      jsonBytes({ alg: "EdDSA", typ: "dpop+jwt", jwk: workstationJwk }),
      Buffer.from("\n"),
      jsonBytes(claims),
    ]),
  }),
  open: () => ({
    execute: async (input) => {
      const end = Math.max(0, input.indexOf(10));
      const payload = input.subarray(end + 1);
      await verifyDpopProof(jwsOver(input.subarray(0, end), payload, workstation), expected);
      const said = JSON.parse(payload.toString("utf8")) as typeof claims;
      const target = new URL(said.htu);
      hold(said.htm === "POST" && `${target.origin}${target.pathname}` === htu, "another request");
      hold(Math.abs(said.iat * 1_000 - now.getTime()) <= limits.dpopMs, "another time");
      hold(said.ath === claims.ath, "another token");
      return accepted;
    },
  }),
};

export const fingerprintText: Target = {
  name: "fingerprint",
  parsers: ["crypto/thumbprint.ts (parseFingerprint)"],
  holds: "shown again it is the same text, but for white space around it",
  shape: text,
  words: ["SHA256:", "sha256:", "=", "+", "/"],
  verdicts: ["bad-request"],
  most: 256,
  seeds: () => ({ one: fingerprint(asPin(token("key"))), "white-space": `\t${fingerprint(asPin(token("key")))}\n` }),
  open: () => ({
    execute: (input) => {
      const given = input.toString("utf8");
      const thumbprint = parseFingerprint(given);
      hold(
        fingerprint(thumbprint) === given.trim() && /^[\w-]{43}$/.test(thumbprint),
        "it can be written in another way",
      );
      return accepted;
    },
  }),
};

const atRestKey = AtRestKey.parse(createHash("sha256").update("seal").digest("base64url"));
const purpose = "authenticator:totp";

export const sealed: Target = {
  name: "sealed",
  parsers: ["crypto/at-rest.ts"],
  holds: "what opens is what was sealed",
  shape: mix([2, segments(text)], [1, text]),
  words: ["v1.", "v2.", "."],
  verdicts: ["internal"],
  most: 2_048,
  seeds: () => ({ secret: seal(atRestKey, purpose, "a secret"), empty: seal(atRestKey, purpose, "") }),
  open: () => ({
    execute: (input) => {
      const opened = revealSecret(unseal(atRestKey, purpose, input.toString("utf8")));
      hold(opened === "a secret" || opened === "", "forged");
      return accepted;
    },
  }),
};

/** A key file: `gateway.key`, `dpop.key`, `workstation.key`, and the member of `agent.json`. */
export const keyFile: Target = {
  name: "key-file",
  parsers: ["crypto/program-key.ts (importProgramKey)"],
  holds: "it is an Ed25519 key, and written again it is the same key",
  shape: mix([1, lines("\n")], [1, text]),
  words: [
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----",
    "Proc-Type: 4,ENCRYPTED",
  ],
  verdicts: ["bad-request"],
  most: 4_096,
  seeds: () => ({ ed25519: pemOf(ed25519("agent")), p256: pemOf(p256("agent")) }),
  open: () => ({
    execute: (input) => {
      const programKey = importProgramKey(input.toString("utf8"));
      hold(programKey.publicKey.asymmetricKeyType === "ed25519", "another kind of key");
      hold(importProgramKey(exportProgramKey(programKey)).pin === programKey.pin, "another key");
      hold(createPublicKey(programKey.privateKey).equals(programKey.publicKey), "its halves do not fit");
      return accepted;
    },
  }),
};
