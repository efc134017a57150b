import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AllowList } from "../../../agent/allow-list.ts";
import { readJoined } from "../../../agent/joined.ts";
import { readPinned, readProposed } from "../../../agent/trust.ts";
import { rightsFault } from "../../../crypto/file-rights.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { temporaryFolder } from "./fixture.ts";

const site = "sit_0123456789abcdef";

/** What reading a file says; `null` when it complains of nothing. */
type Reader = (folder: string) => string | null;

const readers: Readonly<Record<string, Reader>> = {
  "agent.json": (folder) => said(() => readJoined(folder)),
  "trust.json": (folder) => said(() => readPinned(folder, site)),
  "trust-proposed.json": (folder) => said(() => readProposed(folder, site)),
  "allow-list.json": (folder) => {
    let problem: string | null = null;
    const list = new AllowList({
      path: join(folder, "allow-list.json"),
      log: silentProgramLog,
      emit: (event) => {
        if (event.event === "allow-list") problem = event.problem;
      },
    });
    const allowed = list.permits("10.0.0.5", 80);
    list.close();
    if (allowed) return null;
    return problem;
  },
};

function said(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    return error instanceof GenkanError ? (error.detail ?? error.code) : String(error);
  }
}

function made(name: string, mode: number, folderMode = 0o700): string {
  const folder = join(temporaryFolder().path, "data");
  mkdirSync(folder);
  writeFileSync(join(folder, name), JSON.stringify({ targets: [{ address: "10.0.0.5", ports: [80] }] }));
  chmodSync(join(folder, name), mode);
  chmodSync(folder, folderMode);
  return folder;
}

describe.each(Object.entries(readers))("%s", (name, read) => {
  test.each([0o602, 0o620, 0o666, 0o777, 0o622])(
    "is not used with mode %o, and the command that mends it is named",
    (mode) => {
      const folder = made(name, mode);
      expect(read(folder)).toMatch(/is not used, for others can write it: run chmod (600|go-w) \S+$/);
    },
  );

  test("is not used in a folder in which others may put another in its place", () => {
    expect(read(made(name, 0o600, 0o733))).toMatch(/others can write it: run chmod go-w \S+data$/);
    expect(read(made(name, 0o600, 0o770))).toMatch(/others can write it: run chmod go-w \S+data$/);
    expect(read(made(name, 0o600, 0o1777)) ?? "").not.toMatch(/others can write/);
  });
});

describe("a file of another user", () => {
  const self = process.getuid?.() ?? 0;
  const of = (uid: number, mode = 0o600, gid = uid) => rightsFault("/etc/x", { uid, gid, mode }, "private");

  test("is not used, whatever its mode, for its owner may change that; root's and one's own are", () => {
    expect(of(self + 1)).toBe(`it belongs to another user: run chown ${self} /etc/x`);
    expect(of(self)).toBeNull();
    expect(of(0)).toBeNull();
    expect(of(0, 0o620)).toBe("others can write it: run chmod 600 /etc/x");
  });

  test("is used when root's group alone may read it, as systemd hands a service its credentials", () => {
    expect(of(0, 0o440)).toBeNull();
    expect(of(0, 0o444)).toBe("others can read it: run chmod 600 /etc/x");
    expect(of(0, 0o440, self + 1)).toBe("others can read it: run chmod 600 /etc/x");
    expect(of(self, 0o440, self + 1)).toBe("others can read it: run chmod 600 /etc/x");
  });
});

describe("what others may read", () => {
  test("agent.json, which holds the key, is not used", () => {
    expect(readers["agent.json"]?.(made("agent.json", 0o644))).toMatch(/others can read it: run chmod 600/);
    expect(readers["agent.json"]?.(made("agent.json", 0o640))).toMatch(/others can read it: run chmod 600/);
  });

  test("an allow-list is used, for it is no secret", () => {
    expect(readers["allow-list.json"]?.(made("allow-list.json", 0o644))).toBeNull();
  });
});
