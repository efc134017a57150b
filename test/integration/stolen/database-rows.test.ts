import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commitRecord } from "../../../crypto/audit-record.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { newId, randomToken } from "../../../crypto/random.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { LockView } from "../../../protocol/api/lock.ts";
import type { ApproversStatement } from "../../../protocol/approvers.ts";
import type { Grant } from "../../../protocol/grant.ts";
import { listApproverLists } from "../../../store/approver-list.ts";
import { type Db, openSqlite } from "../../../store/database.ts";
import { findGrant } from "../../../store/grant.ts";
import { Scope } from "../../../store/scope.ts";
import { Passkey } from "../../passkey.ts";
import { dropTriggers, rewriteLog } from "../../stand-in/rewritten-log.ts";
import { journal } from "../../story/parts/journal.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { lastCheckpoint, readLog, verifyText } from "../../world/log.ts";
import { Person } from "../../world/person.ts";
import { Technician, windowFromNow } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Whoever writes into the database, and puts it back: the programs find rows that no program wrote. */
describe("a database with rows of its own", () => {
  let device: Device;
  let world: QuickWorld;
  let sato: Technician;
  let yamada: Person;
  let grant: GrantView;
  let signed: GrantView;

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
    sato = await world.technician();
    yamada = await world.staff("yamada");
    const tanaka = await world.staff("tanaka");
    grant = await world.grant(sato, tanaka, "echo");
    signed = await world.grant(sato, tanaka, "echo");
  });

  afterAll(async () => {
    await world?.stop();
    await device?.stop();
  });

  /** Stops the authority, writes, and starts it again. */
  async function put(write: (db: Db) => Promise<unknown>): Promise<void> {
    await world.parts.authority.stop();
    const db = await openSqlite(join(world.parts.folders.authority, "genkan.db"));
    await write(db);
    await db.destroy();
    const { authority } = world.parts;
    const since = authority.events.length;
    await world.begin("authority");
    await authority.waitFor("agent-connected", 60_000, { since });
  }

  const refusals = () => journal(world.parts).flatMap(({ event, code }) => (event === "refused" ? [code] : []));
  const ask = (technician: Technician, of: GrantView) =>
    technician.refused("POST", "/api/sessions", {
      grant: of.id,
      service: of.services[0]?.id,
      client: "native",
      clientKey: createProgramKey().pin,
    });

  test("opens no wider window: the agent wants the signature over the very grant", async () => {
    const wide = windowFromNow(-60_000, dayMs);
    await put(async (db) => {
      await dropTriggers(db, "grant");
      const stored = await findGrant(db, Scope.system(), grant.id);
      if (!stored) throw new Error("No grant.");
      const wider: Grant = { ...stored.grant, windows: [wide] };
      const bytes = Buffer.from(JSON.stringify(wider));
      const hash = statementHash("genkan/grant/v1", bytes);
      const row = { hash, bytes: bytes.toString("base64url") };
      await sql`update "grant" set hash = ${row.hash}, bytes = ${row.bytes} where id = ${grant.id}`.execute(db);
      await dropTriggers(db, "grant_window");
      await sql`update grant_window set start = ${wide.start}, "end" = ${wide.end} where "grant" = ${grant.id}`.execute(
        db,
      );
    });
    const { grants } = await sato.get<{ grants: GrantView[] }>("/api/grants");
    const shown = grants.find(({ id }) => id === grant.id);
    expect(shown?.windows[0]?.end).toBe(wide.end);
    const before = [device.taken, refusals().length];
    expect(await ask(sato, shown as GrantView)).toMatch(/^approval-missing/);
    expect([device.taken, refusals().length]).toEqual([before[0], (before[1] ?? 0) + 1]);
  });

  test("makes no approver: neither of another passkey, nor of a role, nor with a list of approvers written beside", async () => {
    const tanaka = world.register.people.tanaka;
    const staff = world.register.hosts.staff;
    const passkey = new Passkey(tanaka.passkey.rp, staff);
    await put(async (db) => {
      const mine = { credential: passkey.credential, public_key: passkey.publicKeyCose };
      await db.updateTable("authenticator").set(mine).where("person", "=", tanaka.id).execute();
      await db
        .updateTable("membership")
        .set({ roles: '["officer","approver"]' })
        .where("person", "=", world.register.people.yamada.id)
        .execute();
    });
    // It is somebody else who signs in as the approver now; the authority believes its rows.
    const imposter = await new Person(staff, passkey).signIn();
    const asked = await sato.request(world.device("echo"), windowFromNow(0, hourMs));
    await expect(imposter.approve(asked)).rejects.toThrow(/trust-refused/);
    await expect((await world.staff("yamada")).approve(asked)).rejects.toThrow(/trust-refused/);
    await put(async (db) => {
      await dropTriggers(db, "approver_list");
      const { site } = world.register.agents.site;
      const current = (await listApproverLists(db, Scope.system())).find((root) => root.site === site);
      const said = JSON.parse(Buffer.from(current?.statement ?? "", "base64url").toString()) as ApproversStatement;
      const keys = said.keys.map((key) => ({
        ...key,
        credential: passkey.credential,
        publicKey: passkey.publicKeyCose,
      }));
      const next: ApproversStatement = { ...said, version: said.version + 1, previous: current?.hash ?? null, keys };
      const bytes = Buffer.from(JSON.stringify(next));
      await db.updateTable("approver_list").set({ state: "replaced" }).where("site", "=", site).execute();
      await db
        .insertInto("approver_list")
        .values({
          site,
          version: next.version,
          hash: statementHash("genkan/approvers/v1", bytes),
          statement: bytes.toString("base64url"),
          signatures: JSON.stringify([passkey.signStatement("genkan/approvers/v1", bytes)]),
          state: "current",
          created_at: new Date().toISOString(),
        })
        .execute();
    });
    const forged = await imposter.approve(asked);
    const before = device.taken;
    expect(await ask(sato, forged)).toMatch(/^approval-missing/);
    expect(device.taken).toBe(before);
    const pinned = join(world.parts.folders.agent, "trust.json");
    expect(JSON.parse(readFileSync(pinned, "utf8"))).toMatchObject({ version: 1 });
    // It waits for a person on the agent's host, who sees another fingerprint than the staff's.
    expect(existsSync(join(world.parts.folders.agent, "trust-proposed.json"))).toBe(true);
    // With that list the authority itself counts nothing that was signed before; what follows needs the one that is pinned.
    expect(await ask(sato, signed)).toMatch(/^denied .*quorum-missing/);
    await put(async (db) => {
      const { site } = world.register.agents.site;
      await db.deleteFrom("approver_list").where("site", "=", site).where("version", "=", 2).execute();
      await db.updateTable("approver_list").set({ state: "current" }).where("site", "=", site).execute();
      const { publicKeyCose, credential } = tanaka.passkey;
      const own = { credential, public_key: publicKeyCose };
      await db.updateTable("authenticator").set(own).where("person", "=", tanaka.id).execute();
    });
  });

  test("gives a session to no computer that the approver did not sign for", async () => {
    const thief = createProgramKey();
    const cookie = randomToken();
    const [stored] = await world.rows((db) =>
      db.selectFrom("sign_in").selectAll().where("kind", "=", "cookie").where("workstation", "is not", null).execute(),
    );
    await put(async (db) => {
      const now = new Date();
      const { id, person, face, kind, factors, dpop_key, workstation } = { ...stored, id: newId("signIn") } as Exclude<
        typeof stored,
        undefined
      >;
      const at = { created_at: now.toISOString(), used_at: now.toISOString(), ended_at: null };
      const expires_at = new Date(now.getTime() + hourMs).toISOString();
      const row = { id, token_hash: sha256(cookie), person, face, kind, factors, dpop_key, workstation };
      await db
        .insertInto("sign_in")
        .values({ ...row, ...at, expires_at })
        .execute();
    });
    // The authority takes the thief for the technician.
    const one = new Technician(world.register.hosts.portal, world.register.people.suzuki.passkey);
    one.cookie = cookie;
    one.workstation = thief;
    const grants = (await one.get<{ grants: GrantView[] }>("/api/grants")).grants;
    expect(grants.map(({ id }) => id)).toContain(grant.id);
    const before = device.taken;
    const fresh = await world.rows((db) => findGrant(db, Scope.system(), signed.id));
    expect(fresh?.grant.workstation.thumbprints).not.toContain(thief.pin);
    await expect(one.connect(signed)).rejects.toMatchObject({ code: "proof-invalid" });
    expect(device.taken).toBe(before);
  });

  test("can lift a lock, and a revocation: what an approver signed opens again until its window closes", async () => {
    const lock = await yamada.post<LockView>("/api/locks", {
      kind: "person",
      target: world.register.people.sato.id,
      reason: "left",
    });
    await yamada.post(`/api/grants/${signed.id}/revocation`, { reason: "left" });
    expect(await ask(sato, signed)).toMatch(/^denied/);
    await put(async (db) => {
      await dropTriggers(db, "grant");
      await db
        .updateTable("lock")
        .set({ lifted_at: new Date().toISOString(), lifted_by: null })
        .where("id", "=", lock.id)
        .execute();
      await db
        .updateTable("grant")
        .set({ revoked_at: null, revoked_by: null, revocation: null })
        .where("id", "=", signed.id)
        .execute();
    });
    const { tunnel } = await sato.connect(signed);
    const echo = new Echo(tunnel.port);
    await echo.say("as signed");
    echo.destroy();
    tunnel.close();
  });

  const key = () => world.parts.fingerprints.logKey;
  const pardon = (body: string) => body.replaceAll('"request.approve"', '"request.pardon"');

  test("edits no record of the log unseen: it is named, and redone with its leaf still found by the checkpoints", async () => {
    const before = await readLog(yamada, key());
    expect(before.verdict).toMatchObject({ ok: true });
    const index = before.records.findIndex(({ action }) => action === "request.approve");
    const body = JSON.stringify({ ...before.records[index], action: "request.pardon" });
    await put(async (db) => {
      await dropTriggers(db, "log_record", "log_checkpoint");
      await sql`update log_record set body = ${body} where "index" = ${index}`.execute(db);
    });
    expect((await readLog(yamada, key())).verdict).toMatchObject({
      ok: false,
      problem: "leaf-mismatch",
      firstBad: index,
    });
    await put(async (db) => {
      const { rows } = await sql<{ salt: string }>`select salt from log_record where "index" = ${index}`.execute(db);
      const { leaf } = commitRecord({ salt: Buffer.from(rows[0]?.salt ?? "", "base64url"), body });
      const text = Buffer.from(leaf).toString("base64url");
      await sql`update log_record set leaf = ${text} where "index" = ${index}`.execute(db);
    });
    const { verdict } = await readLog(yamada, key());
    if (verdict.ok || !verdict.between) throw new Error(`The verdict is ${JSON.stringify(verdict)}.`);
    expect(verdict.problem).toBe("checkpoint-root");
    expect(verdict.between[0]).toBeLessThanOrEqual(index);
    expect(verdict.between[1]).toBeGreaterThanOrEqual(index);
  });

  test("can have the authority sign another history or a false record, but not over a checkpoint that was kept", async () => {
    const kept = lastCheckpoint((await readLog(yamada, key())).text);
    const false_ = { at: new Date().toISOString(), action: "grant.invented", outcome: "allowed", actor: null };
    const body = JSON.stringify({ ...false_, site: null, vendor: null, subjects: {}, reasons: [], facts: {} });
    await put(async (db) => {
      await rewriteLog(db, pardon);
      await db
        .insertInto("outbox")
        .values({ id: newId("audit"), salt: randomToken(), body })
        .execute();
    });
    const log = await until("signed history", 10_000, async () => {
      const read = await readLog(yamada, key());
      return read.records.some(({ action }) => action === "grant.invented") && read;
    });
    expect(log.verdict).toMatchObject({ ok: true });
    expect(log.records.some(({ action }) => action === "request.pardon")).toBe(true);
    expect(await verifyText(log.text, key(), kept)).toMatchObject({ ok: false, problem: "kept-mismatch" });
  });
});
