import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../../crypto/random.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { insertApproval, putInForce } from "../../../store/approval.ts";
import { dropProposedApproverList, listApproverLists, updateApproverList } from "../../../store/approver-list.ts";
import type { Db } from "../../../store/database.ts";
import { insertGrant, revokeGrant } from "../../../store/grant.ts";
import { keepEntries } from "../../../store/recording.ts";
import { insertRequest } from "../../../store/request.ts";
import { Scope } from "../../../store/scope.ts";
import { countSession, endSession, insertSession } from "../../../store/session.ts";
import { admission, approvalAllowed } from "../../allowed.ts";
import { askedFor, grantOf, keptUnsigned } from "../../asked.ts";
import { asHash, asPin, asThumbprint } from "../../brand.ts";
import { hour, World } from "../authority/world.ts";

const system = Scope.system();
let db: Db;
let world: World;
let session: Id<"session"> = "ses_";

/** One of each kind of row that is evidence. */
beforeAll(async () => {
  const ends: (() => Promise<void>)[] = [];
  world = await World.open({ until: (end) => void ends.push(end) });
  db = world.store.db;
  await world.enrol("approver");
  await world.enrol("secondApprover");
  const workstation = (await world.equip("technician")).id;
  const at = new Date(world.clock);
  const of = { site: world.ids.siteA, vendor: world.ids.vendorA, person: world.people.technician.id, workstation };
  const device = world.devices.own;
  const window = world.window(0, hour);
  const request = askedFor({
    site: { id: of.site, name: "A" },
    person: { id: of.person, name: "t" },
    vendor: { id: of.vendor, name: "v" },
    workstation: { id: workstation, label: "w", thumbprints: [asThumbprint("A".repeat(43))] },
    device: { id: device.id, name: "d" },
    windows: [window],
  });
  await insertRequest(db, keptUnsigned(request), at);
  const grant = grantOf(request, { agent: { id: world.ids.agentA, key: asPin("A".repeat(43)) } });
  const signed = { statement: "", credential: "", authenticatorData: "", clientDataJson: "", signature: "" };
  await insertGrant(db, { grant, request: request.id, hash: asHash("h"), bytes: "b", at });
  await insertApproval(db, { grant: grant.id, approver: world.people.approver.id, signed, at });
  await putInForce(db, approvalAllowed, grant.id, at);
  session = newId("session");
  await insertSession(db, admission, {
    ...of,
    id: session,
    grant: grant.id,
    device: device.id,
    service: device.services[0] ?? "svc_",
    agent: world.ids.agentA,
    gateway: "gtw_g",
    sign_in: "sig_s",
    client: "native",
    host: "h",
    state: "live",
    frozen_at: null,
    frozen_by: null,
    frozen_reason: null,
    started_at: world.at(),
    ended_at: null,
    reason: null,
    ended_by: null,
    bytes_up: 0,
    bytes_down: 0,
    connections: 0,
    window_end: window.end,
    epoch: 1,
  });
  await keepEntries(db, session, { first: 0, entries: [{ kind: "refusal", at: world.at(), code: "x" }], over: false });
  await world.sequencer.settle();
  return () => Promise.all(ends.map((end) => end()));
});

const run = (text: string) =>
  sql
    .raw(text)
    .execute(db)
    .then(
      () => "done",
      (error: unknown) => String(error),
    );
const columnsOf = async (table: string) =>
  (await sql.raw<{ name: string }>(`select name from pragma_table_info('${table}')`).execute(db)).rows.map(
    ({ name }) => name,
  );

const kept = ["log_record", "log_checkpoint", "grant", "approval", "session", "session_entry"] as const;

describe("the database itself", () => {
  test.each(kept)("keeps each row of %s", async (table) => {
    const count = async () =>
      Number((await sql.raw<{ n: number }>(`select count(*) as n from "${table}"`).execute(db)).rows[0]?.n);
    const before = await count();
    expect(before).toBeGreaterThan(0);
    expect(await run(`delete from "${table}"`)).toContain("append-only");
    const all = (await columnsOf(table)).map((name) => `"${name}"`).join();
    expect(await run(`insert or replace into "${table}" (${all}) select ${all} from "${table}" limit 1`)).not.toBe(
      "done",
    );
    expect(await count()).toBe(before);
  });

  test.each([
    ["log_record", []],
    ["log_checkpoint", []],
    ["approval", []],
    ["session_entry", []],
    ["grant", ["revoked_at", "revoked_by", "revocation"]],
    ["approver_list", ["signatures", "state", "created_at"]],
  ] as const)("lets nobody write another value into a column of %s, but %j", async (table, free) => {
    for (const column of await columnsOf(table)) {
      if ((free as readonly string[]).includes(column)) continue;
      const verdict = await run(`update "${table}" set "${column}" = coalesce("${column}", '') || '7'`);
      expect([column, verdict]).toEqual([column, expect.stringContaining("append-only")]);
    }
  });
});

describe("what may still happen to a row that is kept", () => {
  test("a record of the log can be erased, body and salt together, and not be written again", async () => {
    expect(await run(`update log_record set body = null where "index" = 0`)).toContain("append-only");
    expect(await run(`update log_record set salt = null where "index" = 0`)).toContain("append-only");
    expect(await run(`update log_record set body = null, salt = null, leaf = 'x' where "index" = 0`)).toContain(
      "append-only",
    );
    expect(await run(`update log_record set body = null, salt = null where "index" = 0`)).toBe("done");
    expect(await run(`update log_record set body = '{}', salt = 'x' where "index" = 0`)).toContain("append-only");
  });

  test("a grant is revoked once, for good", async () => {
    const { id } = await db.selectFrom("grant").select("id").executeTakeFirstOrThrow();
    expect(await revokeGrant(db, system, id, world.people.approver.id, "why", new Date(world.clock))).toBe(true);
    for (const change of ["revoked_at = null", "revoked_by = 'x'", "revocation = 'x'", "revoked_at = 'later'"])
      expect([change, await run(`update "grant" set ${change}`)]).toEqual([
        change,
        expect.stringContaining("append-only"),
      ]);
  });

  test("a session counts on, ends once, and its end stays", async () => {
    await countSession(db, system, session, { up: 5, down: 6, connections: 1 });
    const end = { reason: "revoked", by: null, at: new Date(world.clock) } as const;
    expect(await endSession(db, system, session, end)).toBe(true);
    expect(await endSession(db, system, session, { ...end, reason: "locked" })).toBe(false);
    for (const change of ["state = 'live'", "reason = 'locked'", "ended_at = null", "ended_by = 'x'", "person = 'x'"])
      expect([change, await run(`update session set ${change}`)]).toEqual([
        change,
        expect.stringContaining("append-only"),
      ]);
    // The agent's last counts may come after the end; they only rise.
    await countSession(db, system, session, { up: 3, down: 9, connections: 2 });
    expect(await db.selectFrom("session").select(["bytes_up", "bytes_down", "reason"]).execute()).toEqual([
      { bytes_up: 5, bytes_down: 9, reason: "revoked" },
    ]);
  });

  test("a list of approvers moves on and never back; only a proposal is taken away", async () => {
    const [first, second] = await listApproverLists(db, system);
    if (!first || !second) throw new Error("two versions");
    expect([first.version, second.version]).toEqual([1, 2]);
    await dropProposedApproverList(db, system, world.ids.siteA);
    expect((await listApproverLists(db, system)).map(({ version }) => version)).toEqual([1]);
    await expect(updateApproverList(db, system, { ...first, state: "proposed" })).rejects.toThrow("append-only");
    await updateApproverList(db, system, { ...first, state: "replaced" });
    await expect(updateApproverList(db, system, { ...first, state: "current" })).rejects.toThrow("append-only");
    expect(await run("delete from approver_list")).toContain("append-only");
  });
});
