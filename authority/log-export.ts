import type { Missing } from "../crypto/audit-export.ts";
import { personActor, systemActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { latestCheckpoint } from "../store/log.ts";
import { exportLog } from "../store/log-export.ts";
import type { Sequencer } from "../store/sequencer.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";

/** Of a damaged log: as many ranges are named in the program's log and in the record; the file names all. */
const rangesNamed = 20;

/**
 * The log as a file for this caller, line by line. What was acknowledged before this call stands in it, this very export
 * too; where the store lacks what was signed, file, program's log and the audit log say so. Throws `store-unavailable`
 * when the log could not be brought up to date.
 */
export async function exportFor(
  c: Context,
  sequencer: Sequencer,
  caller: PersonCaller,
): Promise<AsyncIterable<string>> {
  await c.store.change(async (change) => {
    for (const site of caller.scope.sites ?? [null])
      await change.audit({
        at: c.now(),
        action: "audit.export",
        outcome: "done",
        actor: personActor(caller.person),
        subjects: {},
        site,
      });
  });
  await sequencer.settle();
  if (!(await latestCheckpoint(c.store.db))) throw new GenkanError("store-unavailable");
  return watched(c, caller);
}

async function* watched(c: Context, caller: PersonCaller): AsyncGenerator<string, void> {
  const lacking: Missing[] = [];
  yield* exportLog(c.store.db, caller.scope, c.keys.log, (missing) => lacking.push(missing));
  if (lacking.length === 0) return;
  const facts = { missing: lacking.slice(0, rangesNamed), ranges: lacking.length };
  c.programLog.error({ event: "authority.log.damaged", ...facts }, "the log lacks what it has signed");
  await c.store.change((change) =>
    change.audit({ at: c.now(), action: "audit.damage", outcome: "done", actor: systemActor, subjects: {}, facts }),
  );
}
