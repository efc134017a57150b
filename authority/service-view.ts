import type { ServiceView } from "../protocol/api/service.ts";
import { listDevices } from "../store/device.ts";
import { listReaches } from "../store/reach.ts";
import type { Caller } from "./caller.ts";
import type { Context } from "./context.ts";

/** Each service of a caller's devices: where it is, whether its agent may dial it, and what the last test found. */
export async function viewServices(c: Context, { scope }: Pick<Caller, "scope">): Promise<ServiceView[]> {
  const { db } = c.store;
  const reaches = new Map((await listReaches(db, scope)).map((row) => [row.service, row]));
  return (await listDevices(db, scope)).flatMap(({ id, name, agent, services }) =>
    services.map((service) => {
      const reach = reaches.get(service.id);
      return {
        ...service,
        device: { id, name },
        agent: { id: agent.id, name: agent.name, connected: c.agents.find(agent.id) !== null },
        listed: c.agents.reports.lists(agent.id, service),
        reach: reach ? { found: reach.reach, at: reach.at } : null,
      };
    }),
  );
}
