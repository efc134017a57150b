import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { confirmErasure, listErasures } from "../store/erasure.ts";
import type { Store } from "../store/store.ts";
import type { PersonCaller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";

/** A vendor has shown that it erased what it was to erase: once, with the certificate's number. Throws `not-found`, `state-conflict`. */
export async function confirmErased(
  store: Store,
  caller: PersonCaller,
  id: Id<"erasure">,
  reference: string,
  at: Date,
): Promise<void> {
  await store.change(async (change) => {
    const task = (await listErasures(change.db, caller.scope)).find((one) => one.id === id);
    if (!task) throw new GenkanError("not-found");
    await requireNotLocked(change.db, caller, task.site?.id ?? null);
    if (!(await confirmErasure(change.db, caller.scope, id, { by: caller.person.id, reference, at })))
      throw new GenkanError("state-conflict", "It is confirmed already.");
    await change.audit({
      at,
      action: "erasure.confirm",
      outcome: "done",
      actor: personActor(caller.person),
      site: task.site?.id ?? null,
      vendor: task.vendor,
      subjects: { vendor: task.vendor, erasure: id },
      facts: { reference },
    });
    change.touch("register");
  });
}
