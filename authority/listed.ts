import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { listDevices } from "../store/device.ts";
import { Scope } from "../store/scope.ts";
import type { AgentOrders } from "./agent-links.ts";
import { spelled } from "./agent-report.ts";
import type { Context } from "./context.ts";

/** As many targets as one order may name. */
const targetsPerOrder = 256;

/** Asks a connected agent which of its devices' services its allow-list names. Throws what the link throws. */
export async function askListed(c: Context, agent: Id<"agent">, link: AgentOrders): Promise<void> {
  const devices = await listDevices(c.store.db, Scope.system(), { agent });
  const targets = devices.flatMap(({ services }) => services.map(({ address, port }) => ({ address, port })));
  const answers = new Map<string, boolean>();
  for (let at = 0; at < targets.length; at += targetsPerOrder) {
    const asked = targets.slice(at, at + targetsPerOrder);
    const { listed } = await link.request("targets.listed", { targets: asked });
    if (listed.length !== asked.length) throw new GenkanError("frame-malformed");
    asked.forEach((target, index) => void answers.set(spelled(target), listed[index] === true));
  }
  // Asked over this link, and no newer one has taken its place.
  if (c.agents.find(agent) === link) c.agents.reports.keepListed(agent, answers);
}
