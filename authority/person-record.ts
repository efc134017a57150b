import type { ActionName, AuditInput } from "../protocol/audit.ts";
import { type Placed, placesOf } from "../store/person.ts";
import type { Change } from "../store/store.ts";

/** Keeps a record about a person in the log of each place of theirs: without an owner it would be told to every site. */
export async function recordOf<A extends ActionName, F extends object = Record<never, never>>(
  change: Change,
  person: Placed,
  record: AuditInput<A, F>,
): Promise<void> {
  for (const place of placesOf(person)) await change.audit<A, F>({ ...record, ...place });
}
