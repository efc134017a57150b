import { sql } from "kysely";
import { expect, test } from "vitest";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { dropTriggers } from "../../stand-in/rewritten-log.ts";
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
    change.audit(anyRecord({ at: new Date(clock), action: "acknowledged", site: ids.siteA ?? null })),
  );
  expect(said(await read())).toBe("503 store-unavailable");
  await sql.raw("drop trigger full").execute(store.db);
  const whole = await read();
  expect([whole.status, whole.text.includes("acknowledged")]).toEqual([200, true]);
});

test("an export of a damaged log is whole, and file, program's log and the log itself name what is gone", async () => {
  const logged: unknown[] = [];
  const f = await Faces.open({ log: { ...silentProgramLog, error: (...said) => void logged.push(said) } });
  const { store, sequencer } = f.world;
  const as = await f.token("auditor");
  await sequencer.settle();
  await dropTriggers(store.db, "log_record");
  await store.db.deleteFrom("log_record").where("index", "=", 1).execute();
  const { status, text } = await f.ask("staff", "GET", "/api/audit/export", { as });
  expect([status, text.split("\n")[3]]).toEqual([200, '{"missing":{"first":1,"last":1}}']);
  expect(text).toContain('\\"action\\":\\"audit.export\\"');
  expect(logged).toContainEqual([
    { event: "authority.log.damaged", missing: [{ first: 1, last: 1 }], ranges: 1 },
    "the log lacks what it has signed",
  ]);
  const again = await f.ask("staff", "GET", "/api/audit/export", { as });
  expect(again.text).toContain('\\"action\\":\\"audit.damage\\"');
});

test("the proof of a record is a file of its own, and one that is not there is told as one that may not be read", async () => {
  const f = await Faces.open();
  const as = await f.token("auditor");
  await f.world.sequencer.settle();
  const proof = await f.ask("staff", "GET", "/api/audit/proof?index=0", { as });
  expect([proof.status, proof.text.split("\n")[2]]).toEqual([200, "index 0"]);
  expect(said(await f.ask("staff", "GET", "/api/audit/proof?index=9999", { as }))).toBe("404 not-found");
  expect(said(await f.ask("staff", "GET", "/api/audit/proof?index=-1", { as }))).toBe("400 bad-request");
});
