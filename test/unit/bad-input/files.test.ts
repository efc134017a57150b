import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readJoined } from "../../../agent/joined.ts";
import { readPinned, readProposed } from "../../../agent/trust.ts";
import { parseProgress } from "../../../bin/start/progress.ts";
import { StateFolder } from "../../../cli/state-folder.ts";
import { readKeyFile } from "../../../gateway/key-file.ts";
import { readCorpus } from "../../fuzz/corpus.ts";
import { id } from "../../fuzz/fixture.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-bad-input-"));
  chmodSync(folder, 0o700);
});
afterEach(() => rmSync(folder, { recursive: true }));

const honest = (target: string, name: string) => {
  const found = readCorpus(target).find((entry) => entry.name === name);
  if (!found) throw new Error(`${target} has no ${name}`);
  return found.input;
};
const put = (name: string, bytes: Uint8Array | string) => writeFileSync(join(folder, name), bytes, { mode: 0o600 });

/** A file cut short where it is no file of its kind any more, with garbage, empty, and of another kind. */
function damaged(bytes: Buffer): Buffer[] {
  const text = bytes.toString("utf8").trimEnd();
  return [
    ...Array.from({ length: Math.min(60, text.length) }, (_, at) =>
      Buffer.from(text.slice(0, Math.floor((at * text.length) / 60))),
    ),
    Buffer.concat([bytes, Buffer.of(0xff, 0, 0x7b)]),
    Buffer.from(`[${text}]`),
    Buffer.alloc(64, 0xff),
  ];
}

describe("a damaged file is named by a stable refusal:", () => {
  test("agent.json", () => {
    const bytes = honest("joined", "honest-one");
    put("agent.json", bytes);
    expect(readJoined(folder).name).toBe("agent-1");
    const encrypted = bytes.toString("utf8").replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for (const wrong of [...damaged(bytes), Buffer.from(encrypted)]) {
      put("agent.json", wrong);
      expect(() => readJoined(folder)).toThrow(
        expect.objectContaining({ code: "bad-request", detail: `${join(folder, "agent.json")} is damaged.` }),
      );
    }
  });

  test.each([
    ["trust.json", readPinned],
    ["trust-proposed.json", readProposed],
  ] as const)("%s", (name, read) => {
    const bytes = honest("approver-list", "honest-one");
    put(name, bytes);
    expect(read(folder, id("site"))?.statement.version).toBe(1);
    for (const wrong of [...damaged(bytes), Buffer.concat([bytes, Buffer.from("\n")])]) {
      put(name, wrong);
      expect(() => read(folder, id("site"))).toThrow(expect.objectContaining({ code: "trust-refused" }));
    }
  });

  test("gateway.key, of another kind too", async () => {
    const key = honest("key-file", "honest-ed25519");
    put("gateway.key", key);
    expect((await readKeyFile(folder)).publicKey.asymmetricKeyType).toBe("ed25519");
    // What stands before and after a PEM block is no part of it (RFC 7468, section 2).
    for (const wrong of [
      key.subarray(0, 60),
      Buffer.alloc(0),
      Buffer.alloc(64, 0xff),
      honest("key-file", "honest-p256"),
    ]) {
      put("gateway.key", wrong);
      await expect(readKeyFile(folder)).rejects.toMatchObject({
        code: "state-conflict",
        detail: `${join(folder, "gateway.key")} is not a private key in PEM.`,
      });
    }
  });

  test("profile.json, a token and a key of the command line", () => {
    const state = new StateFolder(folder);
    const profile = honest("state-folder", "honest-profile").subarray("profile\n".length);
    for (const wrong of damaged(profile)) {
      put("profile.json", wrong);
      expect(() => state.profile()).toThrow(expect.objectContaining({ key: "profile-malformed" }));
    }
    put("profile.json", '{"current":null,"origins":{"a\\nb":{"face":"nobody"}}}');
    expect(() => state.profile()).toThrow(expect.objectContaining({ key: "profile-malformed" }));
    for (const wrong of ["", "-----BEGIN PRIVATE KEY-----", honest("key-file", "honest-p256")]) {
      put("workstation.key", wrong);
      expect(() => state.key("workstation")).toThrow(
        expect.objectContaining({ key: "profile-malformed", values: { file: join(folder, "workstation.key") } }),
      );
    }
  });

  test("start.json", () => {
    const bytes = honest("start-file", "honest-whole");
    expect(parseProgress(bytes.toString()).ports.public).toBe(7_443);
    for (const wrong of damaged(bytes))
      expect(() => parseProgress(wrong.toString("utf8"))).toThrow("start.json is damaged");
  });
});
