import { hostActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { findAgent, setAgentActive } from "../store/agent.ts";
import { Scope } from "../store/scope.ts";
import type { Store } from "../store/store.ts";

/**
 * Disables an agent on the authority's host, or enables it again. Nothing more is admitted through one that is disabled; with
 * the next round of leases its sessions end and its control link is closed, and its key is refused until it is enabled.
 * Throws `not-found`.
 */
export async function setAgentOn(store: Store, id: Id<"agent">, active: boolean, at: Date): Promise<Id<"agent">> {
  return store.urgent(async (change) => {
    const agent = await findAgent(change.db, Scope.system(), id);
    if (!agent) throw new GenkanError("not-found", `No agent is ${id}.`);
    if (agent.active === active) return id;
    await setAgentActive(change.db, id, active);
    await change.audit({
      at,
      action: active ? "agent.enable" : "agent.disable",
      outcome: "done",
      actor: hostActor,
      site: agent.site.id,
      subjects: { agent: id },
    });
    change.touch("agents");
    return id;
  });
}
