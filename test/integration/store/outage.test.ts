import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import type { ProgramLog } from "../../../protocol/program-log.ts";
import { inProcessBus } from "../../../store/bus.ts";
import { Sequencer } from "../../../store/sequencer.ts";
import { makeStore, readEpoch, type Store } from "../../../store/store.ts";
import { raiseEpoch } from "../../component/store/epoch.ts";
import { Postgres } from "../../parts/postgres.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { slackOf } from "../../story/parts/wait.ts";
import { newLogKey, Stores } from "./stores.ts";

let postgres: Postgres;
let stores: Stores;
beforeAll(async () => {
  postgres = await Postgres.start();
  stores = new Stores(postgres);
});
afterAll(async () => {
  await stores.end();
  await postgres.remove();
});

/** What a call came to, and after how many milliseconds. */
async function timed(work: Promise<unknown>): Promise<{ outcome: string; ms: number }> {
  const began = performance.now();
  const outcome = await work.then(
    () => "kept",
    (error: unknown) => (error instanceof GenkanError ? error.code : String(error)),
  );
  return { outcome, ms: Math.round(performance.now() - began) };
}

const raise = (store: Store) => timed(store.change((change) => raiseEpoch(change)));
const read = (store: Store) => timed(readEpoch(store.db));
const audit = (store: Store, action: string) =>
  store.change((change) => change.audit(anyRecord({ at: new Date(), action })));
/** One connection, one silent reply, and some time for a busy machine. */
const patience = limits.storeConnectMs + limits.storeReplyMs + 1_500;

describe("a store whose server", () => {
  it("was stopped says so at once, for reads and writes, and goes on by itself when it is back", async () => {
    const store = await stores.make("postgres");
    await store.change((change) => raiseEpoch(change));
    await postgres.stop();
    for (let i = 0; i < 3; i++) {
      const [written, seen] = await Promise.all([raise(store), read(store)]);
      expect([written.outcome, seen.outcome]).toEqual(["store-unavailable", "store-unavailable"]);
      expect(Math.max(written.ms, seen.ms)).toBeLessThan(1_500);
    }
    await postgres.begin();
    expect((await raise(store)).outcome).toBe("kept");
    expect(await readEpoch(store.db)).toBe(3);
  });

  it("stands still answers nobody for longer than its limits, and goes on by itself", async () => {
    const store = await stores.make("postgres");
    await store.change((change) => raiseEpoch(change));
    const slackMs = await slackOf(() => read(store));
    postgres.pause();
    try {
      const waits = await Promise.all([raise(store), raise(store), read(store), read(store)]);
      for (const { outcome, ms } of waits) {
        expect(outcome).toBe("store-unavailable");
        expect(ms).toBeLessThan(patience + slackMs);
      }
    } finally {
      postgres.resume();
    }
    // What was given up is not held against the store once it answers.
    const deadline = performance.now() + patience;
    let outcome = "";
    while (outcome !== "kept" && performance.now() < deadline) ({ outcome } = await raise(store));
    expect(outcome).toBe("kept");
  });

  it("lost its power has everything that it had acknowledged", async () => {
    const store = await stores.make("postgres");
    const acknowledged: string[] = [];
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; writing; i++) {
        const action = `${writer} ${i}`;
        const kept = await audit(store, action).then(
          () => true,
          () => false,
        );
        if (kept) acknowledged.push(action);
        else await sleep(50);
      }
    });
    for (let round = 0; round < 3; round++) {
      await sleep(150 + Math.random() * 200);
      await postgres.crash();
      await sleep(50);
      await postgres.begin();
    }
    await sleep(200);
    writing = false;
    await Promise.all(writers);
    const rows = await store.db.selectFrom("outbox").select("body").execute();
    const kept = new Set(rows.map(({ body }) => (JSON.parse(body) as { action: string }).action));
    expect(acknowledged.length).toBeGreaterThan(40);
    expect(acknowledged.filter((action) => !kept.has(action))).toEqual([]);
  });

  it("went away while records waited has them in the log once it is back", async () => {
    const store = await stores.make("postgres");
    const warnings: string[] = [];
    const log: ProgramLog = { debug() {}, info() {}, warn() {}, error: (_, message) => void warnings.push(message) };
    await audit(store, "before");
    await postgres.stop();
    const sequencer = new Sequencer(store, newLogKey(), log);
    await expect(sequencer.settle()).rejects.toMatchObject({ code: "store-unavailable" });
    expect(warnings).toContain("the log could not be written");
    await postgres.begin();
    await sequencer.close();
    const rows = await store.db.selectFrom("log_record").select("body").execute();
    expect(rows).toHaveLength(1);
  });

  it("ends a connection in the middle of a change keeps nothing of it", async () => {
    const place = await stores.place("postgres");
    const store = makeStore(await stores.open(place), inProcessBus());
    const ended = store.change(async (change) => {
      await raiseEpoch(change);
      await change.audit(anyRecord({ at: new Date(), action: "x" }));
      const others =
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()";
      await postgres.ask(place, others);
      await raiseEpoch(change);
    });
    await expect(ended).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await readEpoch(store.db)).toBe(1);
    expect(await store.db.selectFrom("outbox").selectAll().execute()).toEqual([]);
  });

  it("has more to do than it can take refuses, and does not let a queue grow", async () => {
    const store = await stores.make("postgres");
    const { promise, resolve } = Promise.withResolvers<void>();
    const long = store.change(() => promise);
    const many = Array.from({ length: limits.storeWaiting + 5 }, () => raise(store));
    // By their number, and not because their time is up.
    const late = store.change((change) => raiseEpoch(change));
    await expect(late).rejects.toMatchObject({ code: "store-unavailable", detail: "Too many wait to write." });
    expect(await Promise.race(many.slice(-5))).toMatchObject({ outcome: "store-unavailable" });
    resolve();
    await long;
    const outcomes = (await Promise.all(many)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "kept").length).toBeGreaterThan(0);
    expect(outcomes.filter((outcome) => !["kept", "store-unavailable"].includes(outcome))).toEqual([]);
  });

  it("is full is unavailable, and whole again when there is room", async () => {
    const place = await stores.place("postgres");
    // A server answers a full disk with a code of class 53; one that may hold nothing more of a role answers likewise.
    const store = makeStore(await stores.open(place), inProcessBus());
    await postgres.ask(
      place,
      `create function no_room() returns trigger language plpgsql as $$ begin raise exception 'full' using errcode = 'disk_full'; end $$;
       create trigger no_room before insert on outbox for each row execute function no_room()`,
    );
    await expect(audit(store, "x")).rejects.toMatchObject({
      code: "store-unavailable",
      detail: "The database answered 53100.",
    });
    await postgres.ask(place, "drop trigger no_room on outbox");
    await audit(store, "x");
    expect(await store.db.selectFrom("outbox").selectAll().execute()).toHaveLength(1);
  });
});
