import type { Context } from "../context.ts";
import { scanFrom } from "../network/inbound.ts";
import { upTo } from "../network/scan.ts";
import { agentAddress, deviceAddress, neighbourAddress } from "../network/topology.ts";
import type { Evidence } from "../result.ts";

/**
 * The agent's host and the devices have open ports, and from outside there is none: every attempt is dropped and counted.
 * Every port of the agent's host, and of the others those that have names or are in use.
 */
export async function run(context: Context): Promise<Evidence> {
  const { ports, sshd } = await context.devices();
  const world = await context.world();
  const { nurseCall, vitalMonitor, infusionPump } = world.ports;
  const { canaries } = ports;
  const devices = [
    nurseCall,
    vitalMonitor,
    infusionPump,
    sshd.port,
    ports.flood,
    ports.quirks,
    ports.unlisted,
    ports.listed,
  ];
  const named = (open: readonly number[]) => [...new Set([...upTo(1_024), ...open])];
  return scanFrom(context.network, ["dmz", "vendor"], "vlan", [
    { address: agentAddress, open: canaries },
    { address: deviceAddress, open: [...canaries, ...devices], ports: named([...canaries, ...devices]) },
    { address: neighbourAddress, open: canaries, ports: named(canaries) },
  ]);
}
