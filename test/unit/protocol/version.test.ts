import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isOlder, oldestPeer, requireRelease, version } from "../../../protocol/version.ts";

describe("a release", () => {
  test("is older number by number", () => {
    expect([isOlder("0.9.1", "0.10.0"), isOlder("0.10.0", "0.9.1"), isOlder("1.2.3", "1.2.3")]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isOlder("1.0.0", "1.0.1"), isOlder("2.0.0", "1.9.9")]).toEqual([true, false]);
  });

  test("that programs tell each other is that of package.json, and works with itself", () => {
    expect(version).toBe((JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version);
    expect(isOlder(version, oldestPeer)).toBe(false);
    expect(() => requireRelease(version)).not.toThrow();
    expect(() => requireRelease("9999.0.0")).not.toThrow();
  });

  test.each([undefined, "", "0.0.9", "0.1", "v0.1.0", "0.1.0-old", "0.1.0\n", "x".repeat(500)])(
    "%j is too old, and is told what to install",
    (said) => {
      const refused = expect.objectContaining({
        code: "version-too-old",
        detail: expect.stringMatching(new RegExp(`install ${version}`)),
      });
      expect(() => requireRelease(said)).toThrow(refused);
    },
  );
});
