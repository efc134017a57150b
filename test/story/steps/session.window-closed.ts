import { spanOf } from "../../../protocol/window-at.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { endInJournal } from "../parts/journal.ts";
import { approve, deviceNamed, request, windowFromNow } from "../parts/request.ts";
import { endedSession } from "../parts/session.ts";
import { SlowReader } from "../parts/slow-reader.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const hourMs = 3_600_000;
const shortMs = 15_000;
/** D21: the end is forced within this, by the agent's own clock. */
const boundMs = 2_000;

/** The approver gives a quarter of a minute of the hour that was asked; at its end the bytes stop. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const [sato, tanaka] = [context.person("sato"), context.person("tanaka")];
  const device = await deviceNamed(sato, deviceNames.flood);
  const asked = await request(sato, device, windowFromNow(0, hourMs));
  const end = new Date(Date.now() + shortMs).toISOString();
  const grant = await approve(tanaka, asked, [{ start: spanOf(asked.windows).start, end }]);
  const connection = await context.terminal("sato").connect(device.name, "TCP", grant.id);
  const reader = new SlowReader(connection.port);
  await reader.ended;
  const lateMs = Math.round(Date.now() - (performance.now() - reader.lastByteAt) - Date.parse(end));
  if (lateMs > boundMs) throw new Error(`The last byte came ${lateMs} ms after the window closed.`);
  if (lateMs < -boundMs) throw new Error(`It was cut ${-lateMs} ms before the window closed.`);
  const session = await endedSession(sato, connection.session);
  const agentReason = await until("agent's journal", 5_000, () => endInJournal(world, connection.session));
  if (session.reason !== "window-closed") throw new Error(`The end reason is ${session.reason}.`);
  return {
    asked: spanOf(asked.windows).end,
    approved: end,
    bytes: reader.bytes,
    lastByteAfterEndMs: lateMs,
    reason: session.reason,
    agentReason,
    terminal: await connection.endReason(10_000),
  };
}
