import { join } from "node:path";
import { findGrant, type StoredGrant } from "../../../store/grant.ts";
import { Scope } from "../../../store/scope.ts";
import { StandInAuthority } from "../../stand-in/authority.ts";
import type { Context, Work } from "../context.ts";

/** Puts a hostile authority with the real one's keys and database in its place while `work` runs. */
export async function underHostileAuthority<T>(
  context: Context,
  work: Work,
  act: (standIn: StandInAuthority, grant: StoredGrant) => Promise<T>,
): Promise<T> {
  const world = await context.world();
  await world.authority.stop();
  const standIn = await StandInAuthority.start({
    data: world.folders.authority,
    masterKey: context.options.masterKeyFile,
    folder: join(context.folder, `stand-in-${performance.now()}`),
    ...(await context.servers?.copy()),
  });
  try {
    const grant = await findGrant(standIn.context.store.db, Scope.system(), context.grant(work).id);
    if (!grant) throw new Error("The database has no such grant.");
    return await act(standIn, grant);
  } finally {
    await standIn.stop();
    // Its earlier starts have told of agents too: what is waited for is told by this one.
    const since = world.authority.events.length;
    world.authority.start();
    await world.authority.waitFor("agent-connected", reconnectMs, { since });
  }
}

const reconnectMs = 30_000;
