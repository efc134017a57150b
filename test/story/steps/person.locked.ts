import type { Static } from "typebox";
import type { LockList } from "../../../protocol/api/lock.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { lockOnPage } from "../parts/pages.ts";
import { admit, endedSession, refusal } from "../parts/session.ts";
import { SlowReader } from "../parts/slow-reader.ts";
import { slackOf, until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** From the officer's click to the last byte at the reader, on a machine that has time for it. */
const boundMs = 2_000;

/** The officer locks the technician on the page: the live session is cut, none new begins, until the lock is lifted. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const [sato, yamada] = [context.person("sato"), context.person("yamada")];
  const grant = context.grant("flood");
  const terminal = context.terminal("sato");
  const connection = await terminal.connect(deviceNames.flood, "TCP", grant.id);
  const reader = new SlowReader(connection.port);
  await until("bytes at the reader", 10_000, () => reader.bytes > 0);
  await yamada.page.goto(`${world.addresses.staffOrigin}/locks`);
  const slackMs = await slackOf(() => yamada.get("/api/me"));
  const clicked = await lockOnPage(yamada, "person", grant.person.id, "端末紛失の連絡");
  await reader.ended;
  const cutMs = Math.round(reader.lastByteAt - clicked);
  if (cutMs > boundMs + slackMs) throw new Error(`The last byte came ${cutMs} ms after the click.`);

  const locked = await admit(sato, grant);
  const lockedTerminal = await terminal.run("connect", deviceNames.flood, "TCP", "--grant", grant.id);
  if (lockedTerminal.code === 0) throw new Error("genkan connected under a lock.");
  const { locks } = await yamada.get<Static<typeof LockList>>("/api/locks");
  const lock = locks.find((one) => one.target === grant.person.id && one.liftedAt === null);
  await context.terminal("yamada").must("lift", lock?.id ?? "", "--reason", "端末が見つかった");

  const session = await endedSession(yamada, connection.session);
  if (session.reason !== "locked") throw new Error(`The end reason is ${session.reason}.`);
  const after = await terminal.connect(deviceNames.flood, "TCP", grant.id);
  await after.stop();
  return {
    lock: lock?.id,
    clickToLastByteMs: cutMs,
    reason: session.reason,
    whileLocked: refusal(locked, "denied", "locked"),
    terminal: lockedTerminal.facts.at(-1)?.error,
    afterLift: after.session,
  };
}
