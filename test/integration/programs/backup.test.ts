import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { openSqlite } from "../../../store/database.ts";
import { runScript } from "../../run/command.ts";

const program = "bin/genkan-authority.ts";

/** An installation, and a recovery key beside it. */
async function installed() {
  const base = mkdtempSync(join(tmpdir(), "genkan-backup-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  const at = (...names: string[]) => join(base, ...names);
  const of = ["--data", at("data"), "--master-key", at("keys", "master.key")];
  const ask = (...args: string[]) => runScript(program, args);
  const must = async (...args: string[]) => {
    const { code, output } = await ask(...args);
    if (code !== 0) throw new Error(output);
    return output;
  };
  const hosts = ["--portal-origin", "http://portal.localhost:1", "--staff-origin", "http://staff.localhost:1"];
  await must("init", ...of, ...hosts, "--access-domain", "access.localhost", "--sample");
  const { recipient } = JSON.parse(await must("recovery-key", "--out", at("recovery.key"), "--json"));
  const identity = ["--identity", at("recovery.key")];
  const backup = async (name: string) => {
    await must("backup", ...of, "--to", at(name), "--recipient", recipient);
    return at(name);
  };
  /** Runs until the log holds what was kept, and ends; resolves with its output. */
  const start = async () => {
    const child = spawn(process.execPath, [program, "run", ...of, "--staff-listen", "127.0.0.1:0"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('"listening"')) break;
    return child;
  };
  const stop = async (child: Awaited<ReturnType<typeof start>>) => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
  };
  return { at, of, ask, must, identity, backup, start, stop, recipient };
}

test("a backup is a whole file for its owner alone, opens with its key only, and never replaces another one", async () => {
  const { at, of, ask, must, identity, backup, recipient } = await installed();
  const file = await backup("one");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(at("recovery.key")).mode & 0o777).toBe(0o600);
  expect(readdirSync(at()).filter((name) => name.endsWith(".part"))).toEqual([]);
  expect(await must("backup", "verify", file, ...identity)).toContain("verified: true");
  const again = await ask("backup", ...of, "--to", file, "--recipient", recipient);
  expect([again.code, again.output]).toEqual([1, expect.stringContaining("There is a file already")]);
  const wrong = await ask("backup", ...of, "--to", at("two"), "--recipient", "age1nobody");
  expect([wrong.code, readdirSync(at()).includes("two")]).toEqual([1, false]);
  await must("recovery-key", "--out", at("other.key"));
  const other = await ask("backup", "verify", file, "--identity", at("other.key"));
  expect([other.code, other.output]).toEqual([1, expect.stringContaining("another recovery key")]);
  chmodSync(at("other.key"), 0o644);
  expect((await ask("backup", "verify", file, "--identity", at("other.key"))).output).toContain("chmod 600");
});

test("a restore goes into an empty place with its master key, and onto an older store only when that is put aside", async () => {
  const { at, of, ask, must, identity, backup } = await installed();
  const file = await backup("one");
  const fresh = ["--data", at("fresh"), "--master-key", at("fresh-keys", "master.key")];
  await must("restore", file, ...identity, ...fresh);
  expect(readFileSync(at("fresh-keys", "master.key"))).toEqual(readFileSync(at("keys", "master.key")));
  expect(readdirSync(at("fresh"))).toEqual(["genkan.db"]);
  const plain = await ask("restore", file, ...identity, ...of);
  expect([plain.code, plain.output]).toEqual([1, expect.stringContaining("--replace")]);
  writeFileSync(at("keys", "other.key"), `${"A".repeat(43)}\n`, { mode: 0o600 });
  // Refused, it leaves no key where there was none; the one that it needs it writes before the store.
  const away = ["--data", at("data"), "--master-key", at("keys", "away.key")];
  expect((await ask("restore", file, ...identity, ...away)).code).toBe(1);
  expect(existsSync(at("keys", "away.key"))).toBe(false);
  const otherKey = ["--data", at("data"), "--master-key", at("keys", "other.key"), "--replace"];
  expect((await ask("restore", file, ...identity, ...otherKey)).output).toContain("Another master key");
  await must("restore", file, ...identity, ...of, "--replace");
  expect(readdirSync(at("data")).filter((name) => name.startsWith("genkan.db.before-"))).toHaveLength(1);
});

test("a restore is refused under a running authority and onto a store that has gone on; started, it says where it is from", async () => {
  const { at, of, ask, must, identity, backup, start, stop } = await installed();
  const file = await backup("one");
  const running = await start();
  expect((await ask("restore", file, ...identity, ...of, "--replace")).code).toBe(1);
  await stop(running);
  // What was kept before the start stands in the log now, so the store holds more than the backup.
  const newer = await ask("restore", file, ...identity, ...of, "--replace");
  expect([newer.code, newer.output]).toEqual([1, expect.stringContaining("records that the backup lacks")]);

  const later = await backup("later");
  rmSync(at("data"), { recursive: true });
  await must("restore", later, ...identity, ...of);
  await stop(await start());
  const db = await openSqlite(join(at("data"), "genkan.db"));
  const { body } = await db
    .selectFrom("log_record")
    .select("body")
    .where("body", "like", '%"store.restored"%')
    .executeTakeFirstOrThrow();
  await db.destroy();
  expect(JSON.parse(body ?? "")).toMatchObject({ action: "store.restored", actor: { kind: "host" } });
});
