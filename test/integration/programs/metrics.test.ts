import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { fingerprint } from "../../../crypto/thumbprint.ts";
import { runScript } from "../../run/command.ts";

const bin = (program: string) => join(import.meta.dirname, `../../../bin/${program}.ts`);

/** Starts a program and resolves with the port of its metrics. */
async function metricsOf(program: string, args: string[]): Promise<number> {
  const child = spawn(process.execPath, [bin(program), "run", ...args, "--metrics", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { event: string; metricsPort: number };
    if (said.event === "listening") return said.metricsPort;
  }
  throw new Error(`${program} did not listen`);
}

const place = () => {
  const path = mkdtempSync(join(tmpdir(), "genkan-metrics-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
};

test("an authority serves its metrics, is alive and ready, and the health check of its image says so", async () => {
  const base = place();
  const of = ["--data", join(base, "data"), "--master-key", join(base, "master.key")];
  const hosts = ["--portal-origin", "http://portal.localhost:1", "--staff-origin", "http://staff.localhost:1"];
  execFileSync(process.execPath, [
    bin("genkan-authority"),
    "init",
    ...of,
    ...hosts,
    "--access-domain",
    "access.localhost",
  ]);
  const port = await metricsOf("genkan-authority", [...of, "--staff-listen", "127.0.0.1:0"]);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toContain("genkan_authority_ready 1\n");
  expect(text).toMatch(/^genkan_authority_lease_round_seconds_count [1-9]/m);
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ alive: true });
  expect((await runScript("bin/health.ts", ["ready", String(port)])).code).toBe(0);
});

test("a gateway without an authority is alive and not ready, and its health check says why", async () => {
  const data = place();
  execFileSync(process.execPath, [bin("genkan-gateway"), "init", "--data", data]);
  const key = fingerprint(createProgramKey().pin);
  const port = await metricsOf("genkan-gateway", ["--data", data, "--listen", "127.0.0.1:0", "--authority-key", key]);
  expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
  const { code, output } = await runScript("bin/health.ts", ["ready", String(port)]);
  expect([code, output]).toEqual([1, expect.stringContaining("the authority has no link here")]);
});
