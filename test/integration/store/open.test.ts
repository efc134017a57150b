import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenOptions, openStore } from "../../../bin/authority/open.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { emptyDatabase } from "../../parts/empty-database.ts";
import { askPostgres } from "../../parts/postgres.ts";
import { Redis } from "../../parts/redis.ts";
import { runScript } from "../../run/command.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-open-"));
const password = "correct-horse-battery";
let redis: Redis;
beforeAll(async () => {
  redis = await Redis.start();
});
afterAll(async () => {
  await redis.remove();
  rmSync(folder, { recursive: true });
});

let files = 0;
function file(text: string, mode = 0o600): string {
  const path = join(folder, `url-${++files}`);
  writeFileSync(path, `${text}\n`);
  chmodSync(path, mode);
  return path;
}

const hosts = [
  "--portal-origin",
  "https://portal.example.org",
  "--staff-origin",
  "https://staff.example.org",
  "--access-domain",
  "access.example.net",
];
const common = (data: string) => ["--data", join(folder, data), "--master-key", join(folder, `${data}.key`), "--json"];

async function authority(data: string, ...args: string[]) {
  const [verb = "", ...rest] = args;
  const { code, output, ms } = await runScript("bin/genkan-authority.ts", [
    ...verb.split(" "),
    ...common(data),
    ...rest,
  ]);
  const last = output.trim().split("\n").at(-1) ?? "";
  return { code, output, ms, facts: last.startsWith("{") ? (JSON.parse(last) as Record<string, unknown>) : {} };
}

describe("genkan-authority", () => {
  it("keeps its rows on a server that a private file names, with a bus that another names, and finds them again", async () => {
    const options = [
      "--store-url-file",
      file(await emptyDatabase()),
      "--bus",
      "redis",
      "--bus-url-file",
      file(redis.url),
    ];
    const made = await authority("a", "init", ...options, ...hosts);
    expect([made.code, made.facts.existed]).toEqual([0, false]);
    const again = await authority("a", "init", ...options, ...hosts);
    // A code for the first administrator is told once.
    const { firstCode, firstCodeUntil: _until, staff: _staff, ...kept } = made.facts;
    expect(firstCode).toEqual(expect.stringMatching(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/));
    expect(again.facts).toEqual({ ...kept, existed: true });
    const key = `SHA256:${"A".repeat(43)}`;
    const added = await authority("a", "gateway add", ...options, "--name", "g", "--address", "g:443", "--key", key);
    expect([added.code, added.facts.gateway]).toEqual([0, expect.stringMatching(/^gtw_/)]);
    expect(existsSync(join(folder, "a", "genkan.db"))).toBe(false);
    for (const { output } of [made, again, added]) expect(output).not.toContain(password);
  });

  it("made by two first starts at once has one key and one log", async () => {
    const url = file(await emptyDatabase());
    await authority("b", "init", ...hosts);
    const both = await Promise.all([1, 2].map(() => authority("b", "init", "--store-url-file", url, ...hosts)));
    const [one, other] = both.filter(({ code }) => code === 0);
    // Of two migrations at once one may be told to come again; two that were told the same are the same.
    expect(one).toBeDefined();
    const after = await authority("b", "init", "--store-url-file", url, ...hosts);
    expect(after.facts.fingerprint).toBe(one?.facts.fingerprint);
    if (other) expect(other.facts.logKey).toBe(one?.facts.logKey);
  });

  it("does not begin anew where a store was expected", async () => {
    const answer = await authority("c", "init", ...hosts);
    expect(answer.code).toBe(0);
    const empty = await authority(
      "c",
      "gateway add",
      "--store-url-file",
      file(await emptyDatabase()),
      "--name",
      "g",
      "--address",
      "g:443",
      "--key",
      `SHA256:${"A".repeat(43)}`,
    );
    expect([empty.code, empty.output]).toEqual([1, expect.stringContaining("Run genkan-authority init first")]);
  });

  it("says what is wrong with its options, and never repeats a password", async () => {
    const url = await emptyDatabase();
    const open = file(url, 0o644);
    const bus = "redis";
    const wrong: [Partial<OpenOptions>, string][] = [
      [{ store: url }, "put a URL with a password into --store-url-file"],
      [{ storeUrlFile: open }, `chmod 600 ${open}`],
      [{ storeUrlFile: join(folder, "none") }, "is missing"],
      [{ store: "postgres://genkan@localhost/x", storeUrlFile: open }, "once"],
      [{ store: "mysql://localhost/x" }, "does not begin with postgres://"],
      [{ storeUrlFile: file(url.replace(/\/[^/]+$/, "")) }, "names a user and a database"],
      [{ storeUrlFile: file(url.replace(password, "wrong-password")) }, "28P01"],
      [{ storeUrlFile: file(`${url}_none`) }, "3D000"],
      [{ storeUrlFile: file(url.replace("@%2F", "@%2Fnowhere%2F")) }, "does not answer"],
      [{ bus }, "--bus-url-file"],
      [{ bus: "kafka", busUrlFile: file(redis.url) }, "in-process, or redis"],
      [{ busUrlFile: file(redis.url) }, "--bus redis"],
      [{ bus, busUrlFile: file(redis.url, 0o640) }, "chmod 600"],
      [{ bus, busUrlFile: file("http://x:correct-horse-battery@y") }, "does not begin with redis://"],
    ];
    for (const [index, [options, says]] of wrong.entries()) {
      const error = await openStore(
        { data: join(folder, `d${index}`), masterKey: join(folder, "d.key"), ...options },
        { host: "portal.localhost" },
      ).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(GenkanError);
      expect((error as GenkanError).message).toContain(says);
      // The whole of it, causes and all, as a log would print it.
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/correct-horse|wrong-password|wrong-mule/);
    }
    // An argument is what others see, so the program itself refuses it as well.
    const { code, output } = await authority("d", "init", "--store", url, ...hosts);
    expect([code, output]).toEqual([1, expect.stringContaining("put a URL with a password into --store-url-file")]);
    expect(output).not.toContain(password);
  });

  it("refuses a server that would lose what it has acknowledged", async () => {
    const url = await emptyDatabase();
    const name = new URL(url).pathname.slice(1);
    await askPostgres(url, `alter database ${name} set synchronous_commit = off`);
    const { code, output } = await authority("e", "init", "--store-url-file", file(url), ...hosts);
    expect([code, output]).toEqual([1, expect.stringContaining("synchronous_commit = off")]);
  });

  it("with a bus that is away answers as ever", async () => {
    const away = file("redis://%2Fnowhere%2Fredis.sock");
    const made = await authority("f", "init", "--bus", "redis", "--bus-url-file", away, ...hosts);
    expect(made.code).toBe(0);
    expect(readFileSync(join(folder, "f", "genkan.db")).length).toBeGreaterThan(0);
  });
});
