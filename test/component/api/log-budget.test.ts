import { expect, test } from "vitest";
import { lock } from "../../../authority/lock.ts";
import { limits } from "../../../protocol/limits.ts";
import { asked } from "../authority/parts.ts";
import { outcome } from "../authority/world.ts";
import { Faces, said } from "./world.ts";

test("who has had a day's worth written into the log is told so, until the next day; nobody else is", async () => {
  const f = await Faces.open();
  const { world } = f;
  const technician = await world.caller("technician");
  await asked(world, technician);
  const { bytes } = await world.store.db.selectFrom("log_use").select("bytes").executeTakeFirstOrThrow();
  expect(bytes).toBeGreaterThan(200);
  await world.store.db.updateTable("log_use").set({ bytes: limits.logBytesPerPerson }).execute();
  expect(await outcome(asked(world, technician))).toBe("log-budget-spent");
  // Nothing of it is kept, and the refusal itself is.
  expect(await world.store.db.selectFrom("request").select("id").execute()).toHaveLength(1);
  const records = await f.recorded(async () => {
    const token = await f.token("technician");
    expect(said(await f.post("portal", "/api/requests", {}, { as: token }))).toBe("400 bad-request");
  });
  expect(records.at(-1)).toMatchObject({ outcome: "refused" });
  expect(await outcome(asked(world, await world.caller("colleague")))).toBe("done");
  world.clock += 86_400_000;
  expect(await outcome(asked(world, await world.caller("technician")))).toBe("done");
});

test("a lock is set, however much its officer has had written", async () => {
  const { world } = await Faces.open();
  const officer = await world.caller("officer");
  const day = new Date(world.clock).toISOString().slice(0, 10);
  const row = { person: officer.person.id, day, bytes: 10 * limits.logBytesPerPerson };
  await world.store.db.insertInto("log_use").values(row).execute();
  const body = { kind: "person", target: world.people.technician.id, reason: "now" } as const;
  expect(await outcome(lock(world.context, world.leases, officer, body))).toBe("done");
});
