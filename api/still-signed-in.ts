import type { PersonCaller } from "../authority/caller.ts";
import type { Context } from "../authority/context.ts";
import { GenkanError } from "../protocol/error.ts";
import { findPerson } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { findSignInById } from "../store/sign-in.ts";

/**
 * A caller is authenticated by the head of a request, whose body may take half a minute more: whoever was signed out or
 * disabled meanwhile is nobody by then. Throws `unauthenticated`.
 */
export async function requireStillSignedIn({ store, now }: Context, caller: PersonCaller): Promise<void> {
  const system = Scope.system();
  const signIn = await findSignInById(store.db, caller.signIn.id);
  const person = await findPerson(store.db, system, caller.person.id, now());
  if (signIn?.ended_at !== null || !person?.active || person.memberships.length === 0)
    throw new GenkanError("unauthenticated");
}
