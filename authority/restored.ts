import { Scope } from "../store/scope.ts";
import { liveSessions } from "../store/session.ts";
import { dropSetting, readSetting } from "../store/setting.ts";
import { endEverySignIn } from "../store/sign-in.ts";
import { type Restored, restoredKey } from "./backup.ts";
import { actorOf, host } from "./caller.ts";
import type { Context } from "./context.ts";
import { endSessions } from "./session-end.ts";

/**
 * The first start on a store that came from a backup: what was live when that was made is over, and everybody signs in anew, for a
 * sign-in that was ended since would be good again. The log says from when the backup was.
 */
export async function afterRestore(c: Context): Promise<void> {
  const { db } = c.store;
  const kept = await readSetting(db, restoredKey);
  if (kept === null) return;
  const { at, backup, size, root } = JSON.parse(kept) as Restored;
  const live = (await liveSessions(db, Scope.system())).map(({ id }) => id);
  // Their leases have run out while nobody renewed them.
  await endSessions(c, live, { reason: "lease-lost", by: null });
  await c.store.urgent(async (change) => {
    await endEverySignIn(change.db, c.now());
    await change.audit({
      at: c.now(),
      action: "store.restored",
      outcome: "done",
      actor: actorOf(host),
      subjects: {},
      facts: { restored: at, backup, size, root, ended: live.length },
    });
    await dropSetting(change.db, restoredKey);
  });
  c.programLog.warn({ event: "authority.restored", backup, size, ended: live.length }, "this store came from a backup");
}
