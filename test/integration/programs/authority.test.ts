import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fingerprint, sha256 } from "../../../crypto/thumbprint.ts";
import { openSqlite } from "../../../store/database.ts";

const program = join(import.meta.dirname, "../../../bin/genkan-authority.ts");
const origins = ["--portal-origin", "http://portal.localhost", "--staff-origin", "http://staff.localhost"];
const hosts = [...origins, "--access-domain", "access.localhost"];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "genkan-authority-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.err += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...text };
}

/** What stands in the log about this action. */
async function recorded(data: string, action: string): Promise<{ facts: Record<string, unknown> }[]> {
  const db = await openSqlite(join(data, "genkan.db"));
  const rows = await db.selectFrom("outbox").select("body").orderBy("seq").execute();
  await db.destroy();
  return rows.map(({ body }) => JSON.parse(body)).filter((body: { action: string }) => body.action === action) as never;
}

describe("genkan-authority", () => {
  test("writes down each gateway that it is told to dial, and where that was before", async () => {
    const base = folder();
    const data = join(base, "data");
    const of = ["--data", data, "--master-key", join(base, "master.key")];
    expect(await run("init", ...of, ...hosts)).toMatchObject({ code: 0, err: "" });
    const [key, other] = ["one", "another"].map((text) => fingerprint(sha256(text))) as [string, string];
    const add = (address: string, pin: string) =>
      run("gateway", "add", ...of, "--name", "g", "--address", address, "--key", pin);
    const first = await add("gateway.example:443", key);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect((await add("other.example:8443", other)).out).toBe(first.out);
    const [one, two] = [
      { host: "gateway.example", port: 443, key: sha256("one") },
      { host: "other.example", port: 8_443, key: sha256("another") },
    ];
    expect((await recorded(data, "gateway.add")).map(({ facts }) => facts)).toEqual([
      { name: "g", ...one, before: null },
      { name: "g", ...two, before: one },
    ]);
  });

  test("neither makes nor takes a master key that lies in its data folder, by whatever path", async () => {
    const base = folder();
    const data = join(base, "data");
    mkdirSync(data);
    symlinkSync(data, join(base, "link"));
    const inside = ["data/master.key", "data/keys/master.key", "other/../data/key", "link/master.key"];
    for (const path of inside) {
      const refused = await run("init", "--data", data, "--master-key", `${base}/${path}`, ...hosts);
      expect(refused, path).toMatchObject({ code: 1, out: "" });
      expect(refused.err, path).toContain("The master key may not lie in the data folder");
    }
    expect(readdirSync(data)).toEqual([]);

    const beside = join(base, "database.key");
    const made = ["--data", data, "--master-key", beside];
    expect(await run("init", ...made, ...hosts)).toMatchObject({ code: 0, err: "" });
    renameSync(beside, join(data, "master.key"));
    const moved = await run("enrolment", "nobody", "--data", data, "--master-key", join(data, "master.key"));
    expect([moved.code, moved.err]).toEqual([
      1,
      expect.stringContaining("The master key may not lie in the data folder"),
    ]);
  });
});
