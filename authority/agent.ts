import type { Static } from "typebox";
import { randomToken } from "../crypto/random.ts";
import { fingerprint, sha256 } from "../crypto/thumbprint.ts";
import type { AgentToken } from "../protocol/api/agent.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { type AgentRow, findAgent, insertJoinToken, setAgentActive, setAgentName } from "../store/agent.ts";
import { listGateways } from "../store/gateway.ts";
import type { Change, Store } from "../store/store.ts";
import { actorOf, type Caller } from "./caller.ts";
import type { AuthorityKeys } from "./keys.ts";
import { requireNotLocked } from "./not-locked.ts";
import { requireName } from "./required-name.ts";

/**
 * Disables an agent, or enables it again. Nothing more is admitted through one that is disabled; with the next round of leases its
 * sessions end and its control link is closed, and its key is refused until it is enabled. Throws `not-found`.
 */
export async function setAgentOn(
  store: Store,
  id: Id<"agent">,
  active: boolean,
  at: Date,
  by: Caller,
): Promise<Id<"agent">> {
  return store.urgent(async (change) => {
    const agent = await agentOf(change, by, id);
    if (agent.active === active) return id;
    await setAgentActive(change.db, id, active);
    await change.audit({
      at,
      action: active ? "agent.enable" : "agent.disable",
      outcome: "done",
      actor: actorOf(by),
      site: agent.site.id,
      subjects: { agent: id },
    });
    change.touch("agents", "register");
    return id;
  });
}

/** Names an agent anew; it goes by its key. Throws `not-found`, `bad-request`. */
export async function renameAgent(store: Store, by: Caller, id: Id<"agent">, name: string, at: Date): Promise<void> {
  requireName("agent's name", name);
  await store.change(async (change) => {
    const { name: before, site } = await agentOf(change, by, id);
    await setAgentName(change.db, id, name);
    await change.audit({
      at,
      action: "agent.rename",
      outcome: "done",
      actor: actorOf(by),
      site: site.id,
      subjects: { agent: id },
      facts: { name, before },
    });
    change.touch("agents", "register");
  });
}

/** A one-time token with which one agent joins a site. Throws `not-found` for a site that whoever asks does not see. */
export async function joinToken(store: Store, site: Id<"site">, at: Date, by: Caller): Promise<string> {
  const token = randomToken();
  if (!by.scope.sees(site)) throw new GenkanError("not-found");
  await store.change(async (change) => {
    await requireNotLocked(change.db, by, site);
    await insertJoinToken(change.db, {
      tokenHash: sha256(token),
      site,
      expiresAt: new Date(at.getTime() + limits.joinTokenMs),
    });
    await change.audit({
      at,
      action: "agent.token",
      outcome: "done",
      actor: actorOf(by),
      site,
      subjects: { site },
    });
  });
  return token;
}

/** The same with the command that joins an agent by it. Throws `state-conflict` where there is no gateway to name. */
export async function joinCommand(
  { store, keys }: { store: Store; keys: Pick<AuthorityKeys, "programKey"> },
  site: Id<"site">,
  at: Date,
  by: Caller,
): Promise<Static<typeof AgentToken.reply>> {
  const gateway = (await listGateways(store.db)).find(({ active }) => active);
  if (!gateway)
    throw new GenkanError("state-conflict", "Add a gateway first: an agent dials the authority through it.");
  const token = await joinToken(store, site, at, by);
  const facts = {
    token,
    expiresAt: new Date(at.getTime() + limits.joinTokenMs).toISOString(),
    gateway: `${gateway.host}:${gateway.port}`,
    gatewayKey: fingerprint(gateway.key),
    authorityKey: fingerprint(keys.programKey.pin),
  };
  const command = `genkan-agent join --gateway ${facts.gateway} --gateway-key ${facts.gatewayKey} --authority-key ${facts.authorityKey} --token ${token} --name NAME`;
  return { ...facts, command };
}

async function agentOf({ db }: Change, by: Caller, id: Id<"agent">): Promise<AgentRow> {
  const agent = await findAgent(db, by.scope, id);
  if (!agent) throw new GenkanError("not-found", `No agent is ${id}.`);
  await requireNotLocked(db, by, agent.site.id);
  return agent;
}
