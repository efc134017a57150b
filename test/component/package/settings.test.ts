import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "genkan-settings-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const init = (environment: NodeJS.ProcessEnv, ...args: string[]) =>
  spawnSync(process.execPath, ["bin/genkan-gateway.ts", "init", ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...environment },
  });

describe("the settings of a service", () => {
  test("say what its verbs would ask for, and the command line overrides them", () => {
    const [data, settings] = [folder(), join(folder(), "gateway.env")];
    writeFileSync(settings, `# where it lies\nGENKAN_DATA=${data}\n`);
    const made = init({ GENKAN_SETTINGS: settings });
    expect([made.status, made.stderr, readdirSync(data)]).toEqual([0, "", ["gateway.key"]]);
    const other = folder();
    expect(init({ GENKAN_SETTINGS: settings }, "--data", other).status).toBe(0);
    expect(readdirSync(other)).toEqual(["gateway.key"]);
  });

  test("are no silence: a file that is not there, or says nothing, is told", () => {
    const missing = init({ GENKAN_SETTINGS: join(folder(), "none.env") });
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringMatching(/^genkan-gateway: .*none\.env/)]);
    const empty = join(folder(), "empty.env");
    writeFileSync(empty, "");
    const asked = init({ GENKAN_SETTINGS: empty });
    expect([asked.status, asked.stderr]).toEqual([1, expect.stringContaining("--data")]);
  });
});
