import { sql } from "kysely";
import { expect, test } from "vitest";
import { Faces, said } from "./world.ts";

test("an export that would lack what was acknowledged is not given out", async () => {
  const f = await Faces.open();
  const { store, sequencer, clock, ids } = f.world;
  const as = await f.token("auditor");
  const read = () => f.ask("staff", "GET", "/api/audit/export", { as });
  await sequencer.settle();
  await sql
    .raw("create trigger full before insert on log_checkpoint begin select raise(abort, 'full'); end")
    .execute(store.db);
  await store.change((change) =>
    change.audit({ at: new Date(clock), action: "acknowledged", outcome: "done", site: ids.siteA }),
  );
  expect(said(await read())).toBe("503 store-unavailable");
  await sql.raw("drop trigger full").execute(store.db);
  const whole = await read();
  expect([whole.status, whole.text.includes("acknowledged")]).toEqual([200, true]);
});
