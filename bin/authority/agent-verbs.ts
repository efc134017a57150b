import type { Command } from "commander";
import { setAgentOn } from "../../authority/agent.ts";
import { host } from "../../authority/caller.ts";
import { readId } from "../../protocol/read-id.ts";
import { listAgents } from "../../store/agent.ts";
import { Scope } from "../../store/scope.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

/** What changes an agent that has joined. */
export function addAgentVerbs<O extends OpenOptions>(agent: Command, verb: Verb, print: Print<O>): void {
  verb(agent, "list", "print the agents that have joined").action(async (o: O) => {
    const { store } = await openStore(o, null);
    for (const { id, name, site, active } of await listAgents(store.db, Scope.system()))
      print(o, { agent: id, name, site: site.name, active });
    await store.close();
  });

  for (const [name, active, description] of [
    ["disable", false, "end an agent's sessions, close its link and refuse it until it is enabled"],
    ["enable", true, "let an agent that was disabled come back"],
  ] as const)
    verb(agent, name, description)
      .argument("<id>", "of genkan-authority agent list")
      .action(async (id: string, o: O) => {
        const { store } = await openStore(o, null);
        print(o, { agent: await setAgentOn(store, readId("agent", id), active, new Date(), host), active });
        await store.close();
      });
}
