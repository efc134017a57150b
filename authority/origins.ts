import { sha256 } from "../crypto/thumbprint.ts";
import { GenkanError } from "../protocol/error.ts";
import { faces } from "../protocol/face.ts";
import { listPasskeysAt, moveAuthenticator, removeAuthenticator } from "../store/authenticator.ts";
import { Scope } from "../store/scope.ts";
import { endEverySignIn } from "../store/sign-in.ts";
import { listSites } from "../store/site.ts";
import type { Change, Store } from "../store/store.ts";
import { actorOf, type HostCaller } from "./caller.ts";
import { checkHosts, faceOrigin, faceRp, type Hosts, readHosts, writeHosts } from "./hosts.ts";
import { proposeTrust, retireTrust } from "./trust.ts";

/** What a change of the names means for those who use them. */
export interface OriginChange {
  readonly before: Hosts;
  readonly after: Hosts;
  /** Passkeys that no browser offers under the new name any more: their people enrol anew. */
  readonly lost: number;
  /** Passkeys that stay, as only scheme or port are others. */
  readonly kept: number;
  /** Whether each site's list of approvers is made anew, to be accepted on each agent's host: none of them takes an approval before. */
  readonly listsAnew: boolean;
  /** Said once more, it is done. */
  readonly confirm: string;
}

/** What a change would do. Throws `bad-request` for names that can't be, or before there are any, `state-conflict` for those that are. */
export async function foreseeOrigins(store: Store, asked: Hosts): Promise<OriginChange> {
  return foresee(store, asked);
}

/**
 * Calls the installation by other names. A passkey is bound to its host's name (WebAuthn: the RP ID), so those of another one are removed;
 * a list of approvers names whole origins, so with that of the staff host each site's list is made anew and waits for a person on each
 * agent's host. Everybody is signed out. `confirm` is what {@link foreseeOrigins} said of this very change: throws `state-conflict` for
 * another. The programs read the names as they start.
 */
export async function changeOrigins(
  store: Store,
  asked: Hosts,
  confirm: string,
  at: Date,
  by: HostCaller,
): Promise<OriginChange> {
  return store.urgent(async (change) => {
    const told = await foresee(change, asked);
    if (told.confirm !== confirm)
      throw new GenkanError(
        "state-conflict",
        "That confirms another change: run it without --confirm, and read again.",
      );
    const { before, after } = told;
    for (const face of faces) {
      if (faceOrigin(before, face) === faceOrigin(after, face)) continue;
      const stays = faceRp(before, face) === faceRp(after, face);
      for (const { id } of await listPasskeysAt(change.db, by.scope, faceOrigin(before, face)))
        await (stays ? moveAuthenticator(change.db, id, faceOrigin(after, face)) : removeAuthenticator(change.db, id));
    }
    await writeHosts(change.db, after);
    await endEverySignIn(change.db, at);
    if (told.listsAnew)
      for (const { id } of await listSites(change.db, by.scope)) {
        await retireTrust(change, id);
        await proposeTrust(change, id, at);
      }
    const { lost, kept } = told;
    await change.audit({
      at,
      action: "installation.origins",
      outcome: "done",
      actor: actorOf(by),
      subjects: {},
      facts: { before, after, lost, kept },
    });
    change.touch("me", "requests", "grants", "register");
    return told;
  });
}

async function foresee({ db }: Pick<Change, "db">, asked: Hosts): Promise<OriginChange> {
  const before = await readHosts(db);
  if (!before) throw new GenkanError("bad-request", "Run genkan-authority init first.");
  const after = checkHosts(asked);
  const said = JSON.stringify([before, after]);
  if (JSON.stringify(before) === JSON.stringify(after))
    throw new GenkanError("state-conflict", "These are its names already.");
  let [lost, kept] = [0, 0];
  for (const face of faces) {
    if (faceOrigin(before, face) === faceOrigin(after, face)) continue;
    const { length } = await listPasskeysAt(db, Scope.system(), faceOrigin(before, face));
    if (faceRp(before, face) === faceRp(after, face)) kept += length;
    else lost += length;
  }
  const confirm = sha256(said).replace(/[-_]/g, "").slice(0, confirmCharacters);
  return { before, after, lost, kept, listsAnew: before.staff !== after.staff, confirm };
}

/** It is to be typed, and tells one change from another; it guards nothing. */
const confirmCharacters = 8;
