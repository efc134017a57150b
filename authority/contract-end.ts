import { hostActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { endContracts } from "../store/contract.ts";
import { findDevice } from "../store/device.ts";
import { Scope } from "../store/scope.ts";
import type { Store } from "../store/store.ts";

/**
 * Ends what a vendor may do at a device: at `ends` what runs beyond it is over, and sessions with it. Returns how many
 * contracts that were. Throws `not-found` when there is none that would run beyond it.
 */
export async function endContract(
  store: Store,
  { vendor, device, ends }: { vendor: Id<"vendor">; device: Id<"device">; ends: Date },
  at: Date,
): Promise<number> {
  return store.urgent(async (change) => {
    const found = await findDevice(change.db, Scope.system(), device);
    const contracts = found ? await endContracts(change.db, vendor, device, ends) : 0;
    if (!found || contracts === 0)
      throw new GenkanError(
        "not-found",
        `${vendor} has no contract for ${device} that runs beyond ${ends.toISOString()}.`,
      );
    await change.audit({
      at,
      action: "contract.end",
      outcome: "done",
      actor: hostActor,
      site: found.site.id,
      vendor,
      subjects: { vendor, device },
      facts: { ends: ends.toISOString(), contracts },
    });
    change.touch("requests", "grants");
    return contracts;
  });
}
