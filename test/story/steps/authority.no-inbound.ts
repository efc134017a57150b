import type { Context } from "../context.ts";
import { scanFrom } from "../network/inbound.ts";
import { authorityAddress } from "../network/topology.ts";
import type { Evidence } from "../result.ts";

/** The authority listens for the hospital's own people; nobody else reaches it, for it dials its gateways itself. */
export async function run(context: Context): Promise<Evidence> {
  const { ports } = await context.world();
  const targets = [{ address: authorityAddress, open: [ports.staff] }];
  return scanFrom(context.network, ["dmz", "vendor", "vlan"], "hospital", targets);
}
