import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** Options without which nothing runs. */
const needed: Readonly<Record<string, readonly string[]>> = {
  authority: ["--data", "/none", "--master-key", "/none/key", "--staff-listen", "127.0.0.1:0"],
  gateway: ["--data", "/none", "--listen", "127.0.0.1:0", "--authority-key", `SHA256:${"A".repeat(43)}`],
  agent: ["--data", "/none", "--allow", "/none/allow.json"],
};

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

  test.each([
    ["authority", 9464],
    ["gateway", 9465],
    ["agent", 9466],
  ])("have the %s serve metrics at the port of the docs, in a package and in a container", (program, port) => {
    const env = readFileSync(`package/debian/genkan-${program}/root/etc/genkan/${program}.env`, "utf8");
    expect(env.match(/^GENKAN_METRICS=.*$/gm)).toEqual([`GENKAN_METRICS=${port}`]);
    expect(readFileSync("docs/metrics.md", "utf8")).toContain(`genkan-${program} run … --metrics ${port}`);
    expect(readFileSync("docker/compose.yaml", "utf8")).toMatch(new RegExp(`--metrics"?(?:, |\\s+- )"${port}"`));
    const settings = join(folder(), "beyond.env");
    writeFileSync(settings, "GENKAN_METRICS=0.0.0.0:1\n");
    const run = spawnSync(process.execPath, [`bin/genkan-${program}.ts`, "run", ...(needed[program] ?? [])], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], GENKAN_SETTINGS: settings },
    });
    expect([run.status, run.stderr]).toEqual([1, expect.stringContaining("0.0.0.0 is not loopback")]);
  });
});
