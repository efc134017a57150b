import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { limits } from "../../../protocol/limits.ts";
import { sequence } from "../../../store/log.ts";
import { readEpoch, type Store } from "../../../store/store.ts";
import { raiseEpoch } from "../../component/store/epoch.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { newLogKey, Stores } from "./stores.ts";

let stores: Stores;
beforeAll(() => {
  stores = new Stores();
});
afterAll(() => stores.end());

/** Each waits for a limit to pass, so they wait together; each has a store of its own. */
describe.concurrent("who stands still in the middle", () => {
  it("a process that stands still in the middle of a change loses it, and another goes on", async () => {
    const [first, second] = (await stores.shared("postgres")) as [Store, Store];
    const begun = Promise.withResolvers<void>();
    const still = first.change(async (change) => {
      await raiseEpoch(change);
      begun.resolve();
      await new Promise((resolve) => setTimeout(resolve, limits.storeStandstillMs + 1_500));
      await raiseEpoch(change);
    });
    still.catch(() => {});
    await begun.promise;
    await expect(second.change((change) => raiseEpoch(change))).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(still).rejects.toMatchObject({ code: "store-unavailable" });
    await second.change((change) => raiseEpoch(change));
    expect(await readEpoch(first.db)).toBe(2);
  });

  it("a sequencer that stands still in the middle holds up no other for longer than a change may", async () => {
    const [first, second] = (await stores.shared("postgres")) as [Store, Store];
    const key = newLogKey();
    await first.change((change) => change.audit(anyRecord({ at: new Date(), action: "one" })));
    const { promise, resolve } = Promise.withResolvers<void>();
    const taking = Promise.withResolvers<void>();
    const still = first.db.transaction().execute(async (tx) => {
      await tx.selectNoFrom((eb) => eb.fn("pg_advisory_xact_lock", [eb.val(0x67656e02)]).as("turn")).execute();
      taking.resolve();
      await promise;
    });
    still.catch(() => {});
    await taking.promise;
    await expect(sequence(second.db, key, new Date())).rejects.toMatchObject({ code: "store-unavailable" });
    const deadline = performance.now() + limits.storeStandstillMs;
    let taken = 0;
    while (taken === 0 && performance.now() < deadline)
      taken = await sequence(second.db, key, new Date()).catch(() => 0);
    resolve();
    await expect(still).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await second.db.selectFrom("log_record").select("index").execute()).toEqual([{ index: 0 }]);
  });

  it("a change waits its turn for a time that has an end", async () => {
    const store = await stores.make("sqlite");
    const { promise, resolve } = Promise.withResolvers<void>();
    const long = store.change(() => promise);
    // Though the one before never ends by itself.
    await expect(store.change((change) => raiseEpoch(change))).rejects.toMatchObject({ code: "store-unavailable" });
    resolve();
    await long;
    // Whoever gave up does not hold up those behind.
    await store.change((change) => raiseEpoch(change));
    expect(await readEpoch(store.db)).toBe(2);
  });
});
