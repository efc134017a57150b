import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { fingerprint, parseFingerprint } from "../../../crypto/thumbprint.ts";
import { dialControl } from "../../../link/carrier-upgrade.ts";

const program = join(import.meta.dirname, "../../../bin/genkan-gateway.ts");

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "genkan-gateway-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function start(...args: string[]): ChildProcess & { text: { out: string; err: string } } {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.err += chunk.toString()));
  return Object.assign(child, { text });
}

async function finish(child: ReturnType<typeof start>) {
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...child.text };
}

async function listening(child: ReturnType<typeof start>): Promise<number> {
  while (!child.text.out.includes("\n")) await once(child.stdout ?? child, "data");
  const line = JSON.parse(child.text.out) as { event: string; port: number };
  expect(line.event).toBe("listening");
  return line.port;
}

describe("genkan-gateway", () => {
  const authority = createProgramKey();
  const key = fingerprint(authority.pin);

  test("makes its key once, for its owner alone, and runs as what it said it is", async () => {
    const data = join(folder(), "gateway");
    const made = await finish(start("init", "--data", data, "--json"));
    expect(made).toMatchObject({ code: 0, err: "" });
    const pin = parseFingerprint((JSON.parse(made.out) as { fingerprint: string }).fingerprint);
    const file = join(data, "gateway.key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, "utf8");
    const again = await finish(start("init", "--data", data));
    expect([again.code, readFileSync(file, "utf8") === before]).toEqual([1, true]);
    expect(again.err).toContain("exists already");

    const run = start("run", "--data", data, "--listen", "127.0.0.1:0", "--authority-key", key);
    const port = await listening(run);
    const { raw } = await dialControl({ host: "127.0.0.1", port, pin, programKey: authority });

    const other = await finish(start("run", "--data", data, "--listen", `127.0.0.1:${port}`, "--authority-key", key));
    expect(other.code).toBe(1);
    expect(other.err).toContain("EADDRINUSE");
    expect(other.err).toContain("--listen");
    expect(other.err).not.toContain("    at ");

    run.kill("SIGTERM");
    expect((await finish(run)).code).toBe(0);
    raw.destroy();
  });

  test("leaves nothing of a key that could not be written, and makes it once there is room", async () => {
    const data = folder();
    const init = [program, "init", "--data", data];
    // No file may take a byte, as on a full disk.
    const full = spawnSync("sh", ["-c", 'ulimit -f 0 && exec "$0" "$@"', process.execPath, ...init]);
    expect([full.status, readdirSync(data)]).toEqual([1, []]);
    const made = await finish(start("init", "--data", data));
    expect([made.code, readdirSync(data)]).toEqual([0, ["gateway.key"]]);
  });

  test("does not run on a key that is missing or open to others, nor on a setting that can't be", async () => {
    const data = folder();
    const run = (...more: string[]) => finish(start("run", "--data", data, ...more));
    const valid = ["--listen", "127.0.0.1:0", "--authority-key", key];
    const missing = await run(...valid);
    expect([missing.code, missing.out]).toEqual([1, ""]);
    expect(missing.err).toContain("genkan-gateway init");
    await finish(start("init", "--data", data));
    const wrong = await Promise.all([
      run("--listen", "127.0.0.1:0", "--authority-key", "SHA256:short"),
      run("--listen", "nowhere", "--authority-key", key),
      run("--listen", "127.0.0.1:99999", "--authority-key", key),
    ]);
    expect(wrong.map(({ code, out }) => [code, out])).toEqual([
      [1, ""],
      [1, ""],
      [1, ""],
    ]);
    chmodSync(join(data, "gateway.key"), 0o644);
    const open = await run(...valid);
    expect([open.code, open.out]).toEqual([1, ""]);
    expect(open.err).toContain("chmod 600");
  });
});
