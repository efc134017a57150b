import type { LockView } from "../../../protocol/api/session.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { admit, endedSession, refusal } from "../parts/session.ts";
import { SlowReader } from "../parts/slow-reader.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const boundMs = 2_000;

/** The officer locks the technician: the live session is cut, none new begins, until the lock is lifted. */
export async function run(context: Context): Promise<Evidence> {
  const [sato, yamada] = [context.person("sato"), context.person("yamada")];
  const grant = context.grant("flood");
  const terminal = context.terminal("sato");
  const connection = await terminal.connect(deviceNames.flood, "TCP", grant.id);
  const reader = new SlowReader(connection.port);
  await until("bytes at the reader", 10_000, () => reader.bytes > 0);
  const called = performance.now();
  const lock = await yamada.post<LockView>("/api/locks", {
    kind: "person",
    target: grant.person.id,
    reason: "端末紛失の連絡",
  });
  await reader.ended;
  const cutMs = Math.round(reader.lastByteAt - called);
  if (cutMs > boundMs) throw new Error(`The last byte came ${cutMs} ms after the lock.`);
  const locked = await admit(sato, grant);
  const lockedTerminal = await terminal.run("connect", deviceNames.flood, "TCP", "--grant", grant.id);
  if (lockedTerminal.code === 0) throw new Error("genkan connected under a lock.");
  await yamada.post(`/api/locks/${lock.id}/lift`, { reason: "端末が見つかった" });
  const session = await endedSession(yamada, connection.session);
  if (session.reason !== "locked") throw new Error(`The end reason is ${session.reason}.`);
  const after = await terminal.connect(deviceNames.flood, "TCP", grant.id);
  await after.stop();
  return {
    lock: lock.id,
    lockToLastByteMs: cutMs,
    reason: session.reason,
    whileLocked: refusal(locked, "denied", "locked"),
    terminal: lockedTerminal.facts.at(-1)?.error,
    afterLift: after.session,
  };
}
