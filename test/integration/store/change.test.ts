import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { insertCeremony, useCeremony } from "../../../store/ceremony.ts";
import { insertLock, locksInForce } from "../../../store/lock.ts";
import { settleRequest } from "../../../store/request.ts";
import { Scope } from "../../../store/scope.ts";
import { countLiveSessions, insertSession } from "../../../store/session.ts";
import { type Change, readEpoch, type Store } from "../../../store/store.ts";
import { useOnce } from "../../../store/used-once.ts";
import { WriteConflict } from "../../../store/write-conflict.ts";
import { admission } from "../../allowed.ts";
import { raiseEpoch } from "../../component/store/epoch.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { insertSessionRows, sessionRow } from "./session-rows.ts";
import { dialects, Stores } from "./stores.ts";

let stores: Stores;
beforeAll(() => {
  stores = new Stores();
});
afterAll(() => stores.end());

const system = Scope.system();
const now = new Date("2026-03-02T01:00:00.000Z");
const later = new Date(now.getTime() + 60_000);
const record = (action: string) => anyRecord({ at: now, action });

describe.each(dialects)("a change on %s", (dialect) => {
  let all: Store[];
  let store: Store;
  let epoch: number;
  /** Of the rows of one test. */
  let tag = "0";
  beforeAll(async () => {
    all = await stores.shared(dialect);
    store = all[0] as Store;
  });
  beforeEach(async () => {
    tag = String(Number(tag) + 1);
    await insertSessionRows(store, tag);
    epoch = await readEpoch(store.db);
    await store.db.deleteFrom("outbox").execute();
  });

  /** The same change begun `count` times at once, by every process in turn; what each came to. */
  const atOnce = <T>(count: number, work: (change: Change, index: number) => Promise<T>) =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        (all[index % all.length] as Store).change((change) => work(change, index)).catch((error: Error) => error),
      ),
    );
  const outbox = () => store.db.selectFrom("outbox").selectAll().execute();

  it("is kept with its audit record, or neither is", async () => {
    await expect(
      store.change(async (change) => {
        await change.db
          .insertInto("vendor")
          .values({ id: "ven_x", name: "x", mail_domains: "[]", active: 1 })
          .execute();
        await change.audit(record("vendor.add"));
        throw new GenkanError("denied");
      }),
    ).rejects.toThrow(GenkanError);
    await expect(
      store.change(async (change) => {
        await change.audit(record("vendor.add"));
        await change.db
          .insertInto("vendor")
          .values({ id: `ven_${tag}`, name: "twice", mail_domains: "[]", active: 1 })
          .execute();
      }),
    ).rejects.toThrow();
    await expect(
      store.change(async (change) => {
        await change.db
          .insertInto("vendor")
          .values({ id: "ven_x", name: "x", mail_domains: "[]", active: 1 })
          .execute();
        await change.audit(anyRecord({ at: now, action: "vendor.add", reasons: ["x".repeat(limits.auditBodyBytes)] }));
      }),
    ).rejects.toThrow(GenkanError);
    expect(await outbox()).toEqual([]);
    expect(await store.db.selectFrom("vendor").select("id").where("name", "!=", "Vendor").execute()).toEqual([]);
  });

  it("tells pages and the sequencer after it is kept, and only then", async () => {
    const heard: string[] = [];
    store.bus.subscribe((topics) => heard.push(...topics));
    store.onCommit(() => heard.push("commit"));
    await store
      .change(async (change) => {
        change.touch("locks");
        throw new GenkanError("denied");
      })
      .catch(() => {});
    await store.change(async (change) => {
      change.touch("grants");
      await change.audit(record("x"));
      expect(heard).toEqual([]);
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard.sort()).toEqual(["audit", "commit", "grants"]);
  });

  it("lets one of many deciders win", async () => {
    const won = await atOnce(12, async (change, index) => {
      const settled = await settleRequest(change.db, system, `req_${tag}`, {
        state: index % 2 === 0 ? "approved" : "denied",
        by: `per_${tag}`,
        at: now,
      });
      if (settled) await change.audit(record(`by ${index}`));
      return settled;
    });
    expect(won.filter((one) => one === true)).toHaveLength(1);
    expect(won.filter((one) => one === false)).toHaveLength(11);
    expect(await outbox()).toHaveLength(1);
  });

  it("holds a limit that it counted, however many come at once", async () => {
    const admitted = await atOnce(30, async (change, index) => {
      const live = await countLiveSessions(change.db, system, `gnt_${tag}`);
      if (live >= limits.sessionsPerGrant) return "over the limit";
      await insertSession(change.db, admission, sessionRow(tag, `ses_${tag}_${index}`));
      return "admitted";
    });
    expect(admitted.filter((one) => one === "admitted")).toHaveLength(limits.sessionsPerGrant);
    expect(admitted.filter((one) => one === "over the limit")).toHaveLength(30 - limits.sessionsPerGrant);
    expect(await countLiveSessions(store.db, system, `gnt_${tag}`)).toBe(limits.sessionsPerGrant);
  });

  it("uses a value once, and a ceremony once", async () => {
    const values = await atOnce(12, ({ db }) => useOnce(db, "jti", now, later));
    expect(values.filter((one) => one === true)).toHaveLength(1);
    expect(values.filter((one) => one === false)).toHaveLength(11);
    const id = await store.change(({ db }) =>
      insertCeremony(db, {
        kind: "approval",
        face: "staff",
        person: `per_${tag}`,
        bound_to: null,
        challenge: "c",
        data: "{}",
        now,
      }),
    );
    const of = { kind: "approval", face: "staff", boundTo: null, now } as const;
    const taken = await atOnce(12, ({ db }) => useCeremony(db, id, of));
    expect(taken.filter((one) => one !== null)).toHaveLength(1);
    expect(taken.some((one) => one instanceof Error)).toBe(false);
  });

  it("never admits on an epoch that a lock has raised: who looks after the lock finds every session of before", async () => {
    for (let round = 0; round < 5; round++) {
      const admissions = atOnce(10, async (change, index) => {
        const epoch = await readEpoch(change.db);
        // As an admission does: what it decides on is read after the epoch, and takes a while.
        const locks = await locksInForce(change.db);
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (locks.length > round) return null;
        const id = `ses_${tag}_${round}_${index}` as const;
        await insertSession(change.db, admission, { ...sessionRow(tag, id), epoch });
        return id;
      });
      const locking = (all.at(-1) as Store).change(async (change) => {
        await insertLock(change.db, {
          site: null,
          kind: "everything",
          target: null,
          name: null,
          reason: "r",
          by: `per_${tag}`,
          at: now,
        });
        await raiseEpoch(change);
      });
      const found = locking.then(async () => await store.db.selectFrom("session").select(["id", "epoch"]).execute());
      const admitted = (await admissions).filter((id) => id !== null);
      const rows = await found;
      expect(admitted.filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
    }
  });

  it("counts every raise of the epoch", async () => {
    await atOnce(40, (change) => raiseEpoch(change));
    expect(await readEpoch(store.db)).toBe(epoch + 40);
  });

  it("is done again from its beginning when another process wrote in between, and says so when that does not end", async () => {
    let tries = 0;
    const kept = await store.change(async (change) => {
      await change.audit(record(`try ${++tries}`));
      if (tries < 3) throw new WriteConflict(null);
      return tries;
    });
    expect(kept).toBe(3);
    expect((await outbox()).map(({ body }) => (JSON.parse(body) as { action: string }).action)).toEqual(["try 3"]);
    tries = 0;
    const endless = store.change(() => {
      tries++;
      throw new WriteConflict(null);
    });
    await expect(endless).rejects.toMatchObject({ code: "store-unavailable" });
    expect(tries).toBe(limits.changeAttempts);
  });

  it("keeps a text as it is, and says which one it can't hold", async () => {
    const add = (name: string) =>
      store.change(({ db }) =>
        db
          .insertInto("vendor")
          .values({ id: `ven_text_${name.length}`, name, mail_domains: "[]", active: 1 })
          .execute(),
      );
    const names = ["', \"; --", "\\x41 \\n %s $1 ?", "點検\u{1f9ea}é", "a\u0301\u202e\ufeff", ""];
    for (const name of names) {
      await add(`${name}`.padEnd(20 + names.indexOf(name)));
      const rows = await store.db.selectFrom("vendor").select("name").execute();
      expect(rows.map((row) => row.name.trimEnd())).toContain(name.trimEnd());
    }
    const outcome = await add("nul \u0000 nul").then(
      () => "kept",
      (error: GenkanError) => error.code,
    );
    expect(outcome).toBe("bad-request");
  });
});

describe("on postgres", () => {
  it("readers are not held up by a writer", async () => {
    const [first, second] = (await stores.shared("postgres")) as [Store, Store];
    const { promise, resolve } = Promise.withResolvers<void>();
    const writing = first.change(async (change) => {
      await raiseEpoch(change);
      await promise;
    });
    expect(await readEpoch(first.db)).toBe(1);
    expect(await readEpoch(second.db)).toBe(1);
    resolve();
    await writing;
    expect(await readEpoch(second.db)).toBe(2);
  });
});
