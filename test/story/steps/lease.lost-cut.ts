import { limits } from "../../../protocol/limits.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { endInGatewayLog } from "../parts/gateway-log.ts";
import { endInJournal } from "../parts/journal.ts";
import { SlowReader } from "../parts/slow-reader.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const boundMs = limits.leaseMs + 2_000;

/** The authority stands still, as in a partition: agent and gateway each cut by themselves when the lease lapses. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const connection = await context.terminal("sato").connect(deviceNames.flood, "TCP", context.grant("flood").id);
  const reader = new SlowReader(connection.port);
  await until("bytes at the reader", 10_000, () => reader.bytes > 0);
  const stopped = performance.now();
  const since = () => Math.round(performance.now() - stopped);
  world.authority.kill("SIGSTOP");
  try {
    const agent = until("end in the agent's journal", boundMs, () => endInJournal(world, connection.session)).then(
      (reason) => ({ reason, ms: since() }),
    );
    const gateway = until("end in the gateway's log", boundMs, () => endInGatewayLog(world, connection.session)).then(
      (reason) => ({ reason, ms: since() }),
    );
    const ends = { agent: await agent, gateway: await gateway };
    for (const [name, { reason }] of Object.entries(ends)) {
      if (reason !== "lease-lost") throw new Error(`The ${name} says ${reason}.`);
    }
    await reader.ended;
    const lastByteMs = Math.round(reader.lastByteAt - stopped);
    if (lastByteMs > boundMs) throw new Error(`The last byte came ${lastByteMs} ms after the stop.`);
    return { leaseMs: limits.leaseMs, ...ends, lastByteMs };
  } finally {
    world.authority.kill("SIGCONT");
    await connection.stop();
  }
}
