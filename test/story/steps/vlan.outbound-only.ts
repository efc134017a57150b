import type { Context } from "../context.ts";
import { socketsOf } from "../network/sockets.ts";
import { publicPort } from "../network/topology.ts";
import type { Evidence } from "../result.ts";

/**
 * After all of the story the agent listens nowhere, and nothing has left the device VLAN but its own connections to the
 * gateway: no lookup of a name, no clock, no news.
 */
export async function run(context: Context): Promise<Evidence> {
  const { agent, sample, addresses } = await context.world();
  const sockets = socketsOf(agent.pid ?? 0);
  const listening = sockets.filter(({ listens }) => listens);
  if (listening.length > 0) throw new Error(`The agent listens: ${JSON.stringify(listening)}`);
  const peers = new Set(sockets.flatMap(({ peer }) => peer ?? []));
  if ([...peers].join() !== addresses.gateway)
    throw new Error(`The agent is connected to ${[...peers].join() || "-"}.`);

  // The same look at the devices finds what listens.
  const devices = socketsOf(sample.pid ?? 0).filter(({ listens }) => listens);
  if (devices.length < 3) throw new Error(`The look at the sample devices finds ${devices.length} listeners.`);

  const counted = {
    toGateway: context.network.counted("vlan", "outbound-gateway"),
    elsewhere: context.network.counted("vlan", "outbound-other"),
  };
  if (counted.toGateway === 0 || counted.elsewhere > 0) throw new Error(`Packets out: ${JSON.stringify(counted)}`);
  return {
    agentListens: [],
    agentConnectedTo: [...peers],
    gatewayPort: publicPort,
    devicesListen: devices.map(({ local }) => local),
    packetsOut: counted,
  };
}
