import type { Id } from "../protocol/make-id.ts";
import { type Authenticator, listAuthenticators } from "../store/authenticator.ts";
import type { Db } from "../store/database.ts";
import { Scope } from "../store/scope.ts";

/** Authenticators of a person that have not expired. */
export async function authenticatorsInForce(
  db: Db,
  scope: Scope,
  person: Id<"person">,
  at: Date,
): Promise<Authenticator[]> {
  return (await listAuthenticators(db, scope, person)).filter((row) => row.expires_at > at.toISOString());
}

/** Whether a person has an authenticator in force. Asked inside the change that would add one, or a link for one. */
export async function isEnrolled(db: Db, person: Id<"person">, at: Date): Promise<boolean> {
  return (await authenticatorsInForce(db, Scope.system(), person, at)).length > 0;
}
