import { beginAgent } from "../../../bin/start/begin.ts";
import type { Context } from "../context.ts";
import type { Evidence } from "../result.ts";

/** With a one-time token and the fingerprints; a second use of the token is refused. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const devices = await context.devices();
  devices.allow(world);
  await beginAgent(world, context.options);
  const connected = await world.authority.waitFor("agent-connected", 15_000);
  await devices.register(world);
  return { agent: connected.agent, gateway: world.fingerprints.gateway, authority: world.fingerprints.authority };
}
