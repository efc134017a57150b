import type { RetentionSaid } from "../protocol/api/retention.ts";
import type { TrustRules } from "../protocol/api/trust.ts";
import { GenkanError } from "../protocol/error.ts";
import { listRetention, putRetention } from "../store/retention.ts";
import { findSite } from "../store/site.ts";
import type { Change, Store } from "../store/store.ts";
import { actorOf, type Caller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { proposeTrust } from "./trust.ts";

/**
 * Says who must approve at a site. The list of approvers with these rules waits for those whom the one in force requires: who
 * administers decides nothing alone. Throws `not-found`, and `trust-refused` for rules that nobody could ever meet.
 */
export async function changeRules(store: Store, by: Caller, { site, rules }: TrustRules, at: Date): Promise<void> {
  await store.change(async (change) => {
    await requireSite(change, by, site);
    await change.audit({
      at,
      action: "trust.rules",
      outcome: "done",
      actor: actorOf(by),
      site,
      subjects: { site },
      facts: { rules },
    });
    await proposeTrust(change, site, at, rules);
  });
}

/** Says how long a site keeps recordings, and what the records of its log say. Throws `not-found`. */
export async function changeRetention(
  store: Store,
  by: Caller,
  { site, recordingDays, logDays }: RetentionSaid,
  at: Date,
): Promise<void> {
  await store.change(async (change) => {
    await requireSite(change, by, site);
    const known = (await listRetention(change.db, by.scope)).find((one) => one.site.id === site);
    await putRetention(change.db, site, { recordingDays, logDays });
    await change.audit({
      at,
      action: "retention.set",
      outcome: "done",
      actor: actorOf(by),
      site,
      subjects: { site },
      facts: {
        recordingDays,
        logDays,
        before: { recordingDays: known?.recordingDays ?? null, logDays: known?.logDays ?? null },
      },
    });
    change.touch("register");
  });
}

async function requireSite({ db }: Change, by: Caller, site: RetentionSaid["site"]): Promise<void> {
  if (!(await findSite(db, by.scope, site))) throw new GenkanError("not-found", `No site is ${site}.`);
  await requireNotLocked(db, by, site);
}
