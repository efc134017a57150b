import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyRoot } from "../../../crypto/merkle.ts";
import { formatVerifierKey, openCheckpoint, parseVerifierKey, signCheckpoint } from "../../../crypto/signed-note.ts";
import { limits } from "../../../protocol/limits.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const origin = "genkan.example/log";
const key = parseVerifierKey(formatVerifierKey(origin, publicKey));
const root = Buffer.alloc(32, 7);
const note = signCheckpoint({ origin, size: 42, root }, privateKey);
const malformed = expect.objectContaining({ code: "checkpoint-malformed" });
const refused = expect.objectContaining({ code: "checkpoint-refused" });
const badRequest = expect.objectContaining({ code: "bad-request" });

describe("a verifier key", () => {
  it("is read back as it was written", () => {
    const text = formatVerifierKey(origin, publicKey);
    expect(text).toMatch(/^genkan\.example\/log\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/);
    const parsed = parseVerifierKey(`${text}\n`);
    expect(parsed.name).toBe(origin);
    expect(parsed.publicKey.equals(publicKey)).toBe(true);
  });

  it("has the text that Go's golang.org/x/mod/sumdb/note gives to the same key", () => {
    const text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    expect(formatVerifierKey("PeterNeumann", parseVerifierKey(text).publicKey)).toBe(text);
  });

  const [name = "", id = "", encoded = ""] = formatVerifierKey("log", publicKey).split(/\+(.{8})\+/);
  it.each([
    ["no name", `+${id}+${encoded}`],
    ["a space in its name", `l g+${id}+${encoded}`],
    ["a name that its id does not fit", `lag+${id}+${encoded}`],
    ["an id that its key does not fit", `${name}+00000000+${encoded}`],
    ["an id in capitals", `${name}+${id.toUpperCase().replace(/^[0-9]+$/, "ABCDEFAB")}+${encoded}`],
    ["another kind of key", `${name}+${id}+${Buffer.from(encoded, "base64").fill(2, 0, 1).toString("base64")}`],
    ["a short key", `${name}+${id}+${Buffer.alloc(32, 1).toString("base64")}`],
    ["base64 with a line end", `${name}+${id}+${encoded.slice(0, 8)}\n${encoded.slice(8)}`],
    ["nothing", ""],
  ])("with %s is refused", (_, text) => {
    expect(() => parseVerifierKey(text)).toThrow(badRequest);
  });

  it("is Ed25519 and has a name without spaces, plus or control characters", () => {
    const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(() => formatVerifierKey(origin, p256.publicKey)).toThrow(badRequest);
    for (const bad of [
      "",
      "a b",
      "a+b",
      "a\u3000b",
      "a\u0085b",
      "a\u0001b",
      "\ud800",
      "a".repeat(limits.originCharacters + 1),
    ]) {
      expect(() => formatVerifierKey(bad, publicKey)).toThrow(badRequest);
      expect(() => signCheckpoint({ origin: bad, size: 1, root }, privateKey)).toThrow(badRequest);
    }
  });
});

describe("a signed checkpoint", () => {
  it("opens to what was signed, for any origin, size and root", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[^\s+\p{C}\p{Z}]{1,60}$/u),
        fc.maxSafeNat().map((size) => size + (size < 1 ? 1 : 0)),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (name, size, hash) => {
          const opened = openCheckpoint(
            signCheckpoint({ origin: name, size, root: hash }, privateKey),
            parseVerifierKey(formatVerifierKey(name, publicKey)),
          );
          expect({ ...opened, root: Buffer.from(opened.root) }).toEqual({
            origin: name,
            size,
            root: Buffer.from(hash),
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it("has the text of the specification", () => {
    expect(note).toMatch(/^genkan\.example\/log\n42\nBwcH[^\n]{40}\n\n— genkan\.example\/log [A-Za-z0-9+/=]{92}\n$/);
  });

  it("opens when Go's golang.org/x/mod/sumdb/note wrote it", () => {
    const text =
      "genkan.example/go\n70\nNT7c6THr9XkXOaWIwVpySEZ3apg2aqsei6pCj5E1wmo=\n\n" +
      "— genkan.example/go TwI1yS7LvjzYOZfukV1XTJEhq7EESyswPdEVf7OGoCxM/PEDVM73Owl0205TXNAPBr8CkMKg5K/Bo/sZjSw4fy29CAE=\n";
    const opened = openCheckpoint(
      text,
      parseVerifierKey("genkan.example/go+4f0235c9+AZXq0Zrk3OuRWgBzXIZJOrN/VuB5+X3/xGy2mf1mRRQ3"),
    );
    expect(opened.size).toBe(70);
  });

  it("of the empty tree has the empty tree's root", () => {
    expect(openCheckpoint(signCheckpoint({ origin, size: 0, root: emptyRoot }, privateKey), key).size).toBe(0);
    expect(() => openCheckpoint(signCheckpoint({ origin, size: 0, root }, privateKey), key)).toThrow(malformed);
  });

  it("is always the same text for the same tree, so signing it again shows nothing new", () => {
    expect(signCheckpoint({ origin, size: 42, root }, privateKey)).toBe(note);
  });

  it("does not open once any of its characters was changed", () => {
    fc.assert(
      fc.property(
        fc.nat(note.length - 1),
        fc.constantFrom("0", "A", "+", " ", "\n", "é", "\t", ""),
        (at, character) => {
          const changed = note.slice(0, at) + character + note.slice(at + 1);
          if (changed !== note) expect(() => openCheckpoint(changed, key)).toThrow(/checkpoint/);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("keeps its signature when others cosign it, whoever stands first", () => {
    const other = generateKeyPairSync("ed25519");
    const witness = signCheckpoint({ origin: "witness.example", size: 42, root }, other.privateKey).split("\n\n")[1];
    const [text, own] = note.split("\n\n");
    expect(openCheckpoint(`${text}\n\n${own}${witness}`, key).size).toBe(42);
    expect(openCheckpoint(`${text}\n\n${witness}${own}`, key).size).toBe(42);
    expect(() => openCheckpoint(`${text}\n\n${witness}`, key)).toThrow(refused);
  });

  it("is refused when one of two signatures that claim its key does not hold", () => {
    const [text, own = ""] = note.split("\n\n");
    const [, other] = signCheckpoint({ origin, size: 43, root }, privateKey).split("\n\n");
    expect(() => openCheckpoint(`${text}\n\n${own}${other}`, key)).toThrow(refused);
  });

  it("is refused under another key, though it has the same name", () => {
    const other = parseVerifierKey(formatVerifierKey(origin, generateKeyPairSync("ed25519").publicKey));
    expect(() => openCheckpoint(note, other)).toThrow(refused);
    // Nor does a key pass whose four bytes of id were made to collide.
    expect(() => openCheckpoint(note, { ...other, id: key.id })).toThrow(refused);
  });

  it("is refused when it is of another log, though the same key signed both", () => {
    const other = signCheckpoint({ origin: "genkan.example/other", size: 42, root }, privateKey);
    expect(() => openCheckpoint(other, key)).toThrow(refused);
  });

  const signature = note.split("\n\n")[1] ?? "";
  const text = `${origin}\n42\n${root.toString("base64")}\n`;
  it.each([
    ["a leading zero", note.replace("\n42\n", "\n042\n")],
    ["a sign", note.replace("\n42\n", "\n+42\n")],
    ["an exponent", note.replace("\n42\n", "\n4e1\n")],
    ["a size that no number holds", note.replace("\n42\n", "\n9007199254740993\n")],
    ["a short root", `${origin}\n42\nAAAA\n\n${signature}`],
    ["a root in base64url", note.replace("BwcH", "__-_")],
    ["no root", `${origin}\n42\n\n${signature}`],
    ["an extension line", `${text}more\n\n${signature}`],
    ["an empty line in its text", `\n${text}\n${signature}`],
    ["an origin with a space", note.replace("genkan.example/log\n", "genkan example/log\n")],
    ["no last newline", note.slice(0, -1)],
    ["two last newlines", `${note}\n`],
    ["carriage returns", note.replaceAll("\n", "\r\n")],
    ["a control character", note.replace("genkan", "gen\u0000kan")],
    ["half a surrogate pair", note.replace("genkan", "gen\ud800kan")],
    ["a hyphen for the dash", note.replace("—", "-")],
    ["two spaces in the signature line", note.replace("— ", "—  ")],
    ["a word after its signature", `${note.slice(0, -1)} x\n`],
    ["a signature without bytes", `${text}\n— ${origin} ${Buffer.from(key.id).toString("base64")}\n`],
    ["no signature", text],
    ["nothing", ""],
  ])("with %s is malformed", (_, changed) => {
    expect(() => openCheckpoint(changed, key)).toThrow(malformed);
  });

  it("is read with sixteen signatures, and not beyond its limit", () => {
    const line = (bytes: number) => `— witness.example ${Buffer.alloc(bytes, 1).toString("base64")}\n`;
    expect(openCheckpoint(note + line(5_000).repeat(15), key).size).toBe(42);
    expect(() => openCheckpoint(note + line(limits.checkpointBytes), key)).toThrow(malformed);
  });

  it("is not signed for an impossible tree", () => {
    for (const size of [-1, 0.5, Number.MAX_SAFE_INTEGER + 1]) {
      expect(() => signCheckpoint({ origin, size, root }, privateKey)).toThrow(/size/);
    }
    expect(() => signCheckpoint({ origin, size: 1, root: root.subarray(1) }, privateKey)).toThrow(/root/);
  });
});

it("the same key signs the same bytes whether it was just made or read from its file", () => {
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  const again = createPrivateKey(pem);
  expect(signCheckpoint({ origin, size: 42, root }, again)).toBe(note);
  expect(formatVerifierKey(origin, createPublicKey(again))).toBe(formatVerifierKey(origin, publicKey));
});
