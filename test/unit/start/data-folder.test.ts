import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { masterKeyFile, openDataFolder } from "../../../bin/start/data-folder.ts";
import { StartError } from "../../../bin/start/message.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-start-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the data folder", () => {
  it("is kept by the next start", () => {
    const data = openDataFolder(join(folder, "data"), false);
    writeFileSync(join(data, "kept"), "");
    openDataFolder(data, false);
    expect(existsSync(join(data, "kept"))).toBe(true);
  });

  it("is emptied by a fresh start", () => {
    const data = openDataFolder(join(folder, "data"), false);
    writeFileSync(join(data, "gone"), "");
    openDataFolder(data, true);
    expect(existsSync(join(data, "gone"))).toBe(false);
  });

  it("is never a folder with files of others, fresh or not", () => {
    writeFileSync(join(folder, "thesis.txt"), "ten years");
    for (const fresh of [false, true]) expect(() => openDataFolder(folder, fresh)).toThrow(StartError);
    expect(existsSync(join(folder, "thesis.txt"))).toBe(true);
  });

  it("is not shared by two launchers, and not taken away from a living one", () => {
    const data = openDataFolder(join(folder, "data"), false);
    const launcher = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "start.ts"]);
    try {
      writeFileSync(join(data, "running.pid"), String(launcher.pid));
      for (const fresh of [false, true]) expect(() => openDataFolder(data, fresh)).toThrow(/already/);
    } finally {
      launcher.kill("SIGKILL");
    }
  });

  it("of a launcher that has crashed is taken up again", () => {
    const data = openDataFolder(join(folder, "data"), false);
    writeFileSync(join(data, "running.pid"), String(process.pid));
    expect(openDataFolder(data, false)).toBe(data);
  });

  it("may be an empty folder that was there", () => {
    mkdirSync(join(folder, "empty"));
    expect(openDataFolder(join(folder, "empty"), true)).toBe(join(folder, "empty"));
  });
});

describe("the master key", () => {
  it("lies outside the data, in a folder that only its owner enters, one for each data folder", () => {
    const data = join(folder, "data");
    const one = masterKeyFile(data, { XDG_CONFIG_HOME: join(folder, "config") });
    const other = masterKeyFile(join(folder, "elsewhere", "data"), { XDG_CONFIG_HOME: join(folder, "config") });
    expect(one.startsWith(join(folder, "config", "genkan"))).toBe(true);
    expect(one).not.toBe(other);
    expect(statSync(join(one, "..")).mode & 0o077).toBe(0);
  });
});
