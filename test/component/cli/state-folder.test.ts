import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configFolder } from "../../../cli/config-folder.ts";
import { StateFolder } from "../../../cli/state-folder.ts";
import { environment, shell } from "./program.ts";

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "genkan-cli-"));
});
afterEach(() => rmSync(path, { recursive: true }));

const rounds = 25;
/** Says that it is ready, waits for a byte, and tells the keys that it got, one folder after the other. */
const script = `
  import { once } from "node:events";
  import { StateFolder } from ${JSON.stringify(join(import.meta.dirname, "../../../cli/state-folder.ts"))};
  process.stderr.write("ready");
  await once(process.stdin, "data");
  const names = Array.from({ length: ${rounds} }, (_, n) => process.argv[1] + "/" + n);
  console.log(names.map((name) => new StateFolder(name).key("workstation").thumbprint).join());
  process.exit();
`;

describe("the keys of a new computer", () => {
  it("are made once, also by commands that run at once", async () => {
    const children: ChildProcess[] = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ["--input-type=module", "-e", script, path], { stdio: ["pipe", "pipe", "pipe"] }),
    );
    const told = children.map((child) => text(child.stdout ?? expect.fail()));
    await Promise.all(children.map((child) => once(child.stderr ?? expect.fail(), "data")));
    for (const child of children) child.stdin?.write("x");
    const [first = "", ...others] = (await Promise.all(told)).map((keys) => keys.trim());
    expect(first.split(",")).toHaveLength(rounds);
    for (const other of others) expect(other).toBe(first);
  });
});

describe("the folder of the command line", () => {
  it("holds nothing of a file that could not be written", async () => {
    // No file may grow beyond nothing, as on a disk that is full.
    const script = 'trap "" XFSZ; ulimit -f 0; genkan whoami --origin http://portal.localhost:1; echo $?';
    const folder = join(path, "cli");
    new StateFolder(folder).keepToken("http://portal.localhost:1", {
      accessToken: "t",
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const before = readdirSync(folder);
    await expect(shell(script, environment(path))).resolves.toEqual({
      out: "2\n",
      err: `genkan: ${join(folder, "dpop.key")} can't be written.\n`,
    });
    expect(readdirSync(folder)).toEqual(before);
  });

  it("says which of its files can't be read", () => {
    const folder = new StateFolder(path);
    mkdirSync(join(path, "profile.json"), { mode: 0o700 });
    expect(() => folder.profile()).toThrow(
      expect.objectContaining({ key: "file-unreadable", values: { file: join(path, "profile.json") } }),
    );
    symlinkSync("dpop.key", join(path, "dpop.key"));
    expect(() => folder.key("dpop")).toThrow("file-unreadable");
  });

  it.each([
    [{ GENKAN_CONFIG_DIR: "/own" }, "linux", "/own"],
    [{ XDG_CONFIG_HOME: "/config" }, "linux", "/config/genkan/cli"],
    [{ APPDATA: "/roaming" }, "win32", "/roaming/genkan/cli"],
  ] as const)("needs no home with %j on %s", (env, platform, folder) => {
    const homeless = () => {
      throw new Error("ENOENT");
    };
    expect(configFolder(env, platform, homeless)).toBe(folder);
  });

  it("is under the home otherwise, and nowhere without one", () => {
    expect(configFolder({ APPDATA: "/roaming" }, "linux", () => "/home/me")).toBe("/home/me/.config/genkan/cli");
    expect(() => configFolder({}, "linux", () => "")).toThrow("home-missing");
    const homeless = () => {
      throw new Error("ENOENT");
    };
    expect(() => configFolder({}, "linux", homeless)).toThrow("home-missing");
  });
});
