import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openKeys } from "../../../authority/keys.ts";
import { AtRestKey, unseal } from "../../../crypto/at-rest.ts";
import { Secret } from "../../../crypto/secret.ts";
import { type Db, openPostgres, openSqlite } from "../../../store/database.ts";
import { readRequest } from "../../../store/request.ts";
import { Servers } from "../../parts/servers.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { enrolWithPassword, type PasswordHolder } from "../../world/password.ts";
import { call } from "../../world/person.ts";
import type { Technician } from "../../world/technician.ts";
import { confirmedTerminal, type Terminal } from "../../world/terminal.ts";
import { QuickWorld } from "../../world/world.ts";

const marker = "marker-of-a-session-4711";

/** Whoever has a backup of the database, and what lies beside it: without the master key, which lies elsewhere. */
describe.each(["SQLite", "PostgreSQL"] as const)("a copy of the database on %s", (kind) => {
  let device: Device;
  let world: QuickWorld;
  let sato: Technician;
  let folder: string;
  let servers: Servers;
  /** All that was taken. */
  let taken: Buffer[];
  let copy: Db;
  let kato: PasswordHolder;
  let terminal: Terminal;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "genkan-backup-"));
    servers = await Servers.start(folder, { store: kind === "PostgreSQL", bus: false });
    device = await Device.start();
    world = await QuickWorld.start({
      devices: [{ name: "echo", protocol: "tcp", port: device.port }],
      servers: servers.files,
    });
    sato = await world.technician();
    kato = await enrolWithPassword(world, "kato");
    terminal = await confirmedTerminal(sato);
    const { tunnel } = await sato.connect(await world.grant(sato, await world.staff("tanaka"), "echo"));
    const echo = new Echo(tunnel.port);
    await echo.say(marker);
    echo.destroy();
    tunnel.close();
    const data = world.parts.folders.authority;
    cpSync(data, folder, { recursive: true });
    taken = readdirSync(data).map((file) => readFileSync(join(folder, file)));
    const { postgres, files } = servers;
    if (postgres && files.storeUrlFile) {
      const dump = postgres.dump(readFileSync(files.storeUrlFile, "utf8").trim());
      taken.push(dump);
      copy = await openPostgres(new Secret(await postgres.restore(dump)));
    } else copy = await openSqlite(join(folder, "genkan.db"));
  });

  afterAll(async () => {
    await copy?.destroy();
    await world?.stop();
    await device?.stop();
    await servers?.remove();
    rmSync(folder, { recursive: true });
  });

  test("can be read: the register, requests, rows of recordings and the log's bodies", async () => {
    const { rows } = await sql<{ name: string }>`select name from person`.execute(copy);
    expect(rows.map(({ name }) => name)).toContain("tanaka");
    const requests = await copy.selectFrom("request").select("statement").execute();
    expect(requests.map(({ statement }) => readRequest(statement).reason)).toContain("定期点検");
    expect((await copy.selectFrom("log_record").select("body").execute()).length).toBeGreaterThan(0);
  });

  test("holds no key that opens without the master key, and the master key is not in it", async () => {
    const master = readFileSync(world.masterKeyFile, "utf8").trim();
    expect(taken.some((file) => file.includes(master))).toBe(false);
    const other = AtRestKey.parse(AtRestKey.generate());
    await expect(openKeys(copy, other, "genkan/x")).rejects.toMatchObject({ code: "internal" });
    const { rows } = await sql<{
      key: string;
      value: string;
    }>`select key, value from setting where key like 'key:%'`.execute(copy);
    expect(rows.map(({ key }) => key).sort()).toEqual(["key:data", "key:log", "key:program"]);
    for (const { key, value } of rows) expect(() => unseal(other, key, value)).toThrow();
    // With the master key, each of them would: what lies there is not merely broken.
    const real = AtRestKey.parse(master);
    expect((await openKeys(copy, real, "genkan/x")).programKey.pin).toMatch(/^[\w-]{43}$/);
  });

  test("holds no password, no TOTP secret, no cookie, no token, no private key and no byte of a session", () => {
    const holds = (text: string) => taken.some((file) => file.includes(text));
    // It finds what is there.
    expect(holds("定期点検")).toBe(true);
    for (const secret of [kato.password, kato.secret, sato.cookie ?? "", terminal.token, "PRIVATE KEY", marker]) {
      expect(secret.length).toBeGreaterThan(8);
      expect(holds(secret)).toBe(false);
    }
  });

  test("signs nobody in: what it has of a cookie or a token is its hash", async () => {
    const rows = await copy.selectFrom("sign_in").select(["id", "token_hash", "kind"]).execute();
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(["cookie", "cli"]));
    const { portal, staff } = world.register.hosts;
    for (const { id, token_hash } of rows)
      for (const origin of [portal, staff])
        for (const cookie of [token_hash, id])
          expect((await call(origin, "GET", "/api/me", { cookie })).status).toBe(401);
    const { rows: enrolments } = await sql<{ code_hash: string }>`select code_hash from enrolment`.execute(copy);
    for (const { code_hash } of enrolments) {
      const begun = await call(portal, "POST", "/api/enrolment/begin", { body: { code: code_hash.slice(0, 32) } });
      expect(begun.status).toBeGreaterThanOrEqual(400);
    }
  });
});
