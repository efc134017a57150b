import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtRestKey, seal, unseal } from "../../../crypto/at-rest.ts";
import { revealSecret, Secret } from "../../../crypto/secret.ts";

const key = AtRestKey.parse(AtRestKey.generate());
const codeOf = (action: () => unknown): string => {
  try {
    return String(action());
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
};

describe("a sealed value", () => {
  test("opens with the same key and purpose, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (value, purpose) => {
        expect(revealSecret(unseal(key, purpose, seal(key, purpose, value)))).toBe(value);
      }),
    );
  });

  test("does not open in another place, with another key, or when any character is another", () => {
    const sealed = seal(key, "key:program", "a private key");
    expect(codeOf(() => unseal(key, "key:log", sealed))).toBe("internal");
    expect(codeOf(() => unseal(AtRestKey.parse(AtRestKey.generate()), "key:program", sealed))).toBe("internal");
    const bytes = (part: number) => Buffer.from(sealed.split(".")[part] as string, "base64url");
    for (const part of [1, 2])
      for (let at = 0; at < bytes(part).length; at++) {
        const doctored = bytes(part);
        doctored[at] = (doctored[at] as number) ^ 0x80;
        const shown = sealed.split(".").with(part, doctored.toString("base64url")).join(".");
        expect(codeOf(() => unseal(key, "key:program", shown))).toBe("internal");
      }
  });

  test.each([
    "",
    "v1",
    "v1..",
    "v1.AAAA.AAAA",
    "v2.{salt}.{body}",
    "{salt}.{body}",
    "v1.{salt}.{body}.more",
    "v1.{salt}.",
    "v1..{body}",
  ])("of another form is refused: %s", (form) => {
    const [, salt = "", body = ""] = seal(key, "p", "value").split(".");
    const sealed = form.replace("{salt}", salt).replace("{body}", body);
    expect(codeOf(() => unseal(key, "p", sealed))).toBe("internal");
  });

  test("never has the same salt or nonce twice (A17), so equal secrets look different", () => {
    const sealed = Array.from({ length: 200 }, () => seal(key, "p", "same"));
    expect(new Set(sealed.map((text) => text.split(".")[1])).size).toBe(200);
    expect(new Set(sealed.map((text) => text.split(".")[2])).size).toBe(200);
    for (const text of sealed) expect(Buffer.from(text.split(".")[1] as string, "base64url")).toHaveLength(32);
  });
});

test("a master key is 32 bytes, and shows nothing of them", () => {
  expect(codeOf(() => AtRestKey.parse(Buffer.alloc(31).toString("base64url")))).toBe("bad-request");
  expect(codeOf(() => AtRestKey.parse(Buffer.alloc(33).toString("base64url")))).toBe("bad-request");
  expect(codeOf(() => AtRestKey.parse(""))).toBe("bad-request");
  const text = AtRestKey.generate();
  const hex = Buffer.from(text, "base64url").toString("hex");
  const parsed = AtRestKey.parse(`${text}\n`);
  for (const shown of [inspect(parsed, { showHidden: true, depth: 9 }), JSON.stringify(parsed)]) {
    expect(shown).not.toContain(text);
    expect(shown.replaceAll(" ", "")).not.toContain(hex.slice(0, 16));
  }
});

describe("a secret", () => {
  const secret = new Secret("hunter2");

  test("shows nothing, however it is written", () => {
    const shown = [
      String(secret),
      `${secret as unknown as string}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9, getters: true }),
      inspect(new Error("failed", { cause: secret })),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(Object.assign({}, secret)),
      Object.getOwnPropertyNames(secret).join(),
      secret + "",
    ];
    for (const text of shown) expect(text).not.toContain("hunter2");
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
  });

  test("is revealed by the one call that a search finds, and nothing else passes for one", () => {
    expect(revealSecret(secret)).toBe("hunter2");
    expect(revealSecret(new Secret(""))).toBe("");
    expect(() => revealSecret({} as Secret)).toThrow(TypeError);
    expect(() => revealSecret(Object.create(Secret.prototype) as Secret)).toThrow(TypeError);
  });

  test("can't be compared or changed by accident", () => {
    expect(new Secret("a") === new Secret("a")).toBe(false);
    expect(() => Object.assign(secret, { value: "x" })).toThrow(TypeError);
  });
});
