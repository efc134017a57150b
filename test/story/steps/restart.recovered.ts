import type { Context } from "../context.ts";
import { auditFile } from "../parts/audit-file.ts";
import { deviceNames } from "../parts/devices.ts";
import { grantOf } from "../parts/request.ts";
import { ssh } from "../parts/ssh-client.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** All three programs die at once, as in a power cut; they start again and everything is still there. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const { sshd } = await context.devices();
  const [sato, yamada] = [context.person("sato"), context.terminal("yamada")];
  const grant = context.grant("ssh");
  const live = await context.terminal("sato").connect(deviceNames.sshd, "SSH", grant.id);
  const heard = [world.gateway, world.authority, world.agent].map((program) => program.events.length);
  await Promise.all([world.gateway.crash(), world.authority.crash(), world.agent.crash()]);
  const began = performance.now();
  world.gateway.start();
  await world.gateway.waitFor("listening", 60_000, { since: heard[0] ?? 0 });
  world.authority.start();
  await world.authority.waitFor("gateway-connected", 60_000, { since: heard[1] ?? 0 });
  world.agent.start();
  await world.agent.waitFor("connected", 60_000, { since: heard[2] ?? 0 });
  await world.authority.waitFor("agent-connected", 60_000, { since: heard[1] ?? 0 });
  const upMs = Math.round(performance.now() - began);
  await live.stop();

  await until("sign-in", 10_000, async () => (await sato.ask("GET", "/api/me").catch(() => null))?.status === 200);
  const kept = await grantOf(sato, grant.id);
  if (kept.hash !== grant.hash) throw new Error("The grant has changed.");
  const connection = await context.terminal("sato").connect(deviceNames.sshd, "SSH", grant.id);
  const { output } = await ssh(sshd, connection.port, "echo again");
  await connection.stop();
  const file = `${auditFile(context)}.after`;
  await yamada.must("audit", "export", "--output", file);
  const verdict = await yamada.must("audit", "verify", file, "--key", world.fingerprints.logKey);
  return { upMs, grant: kept.id, sameHash: true, said: output.trim(), session: connection.session, audit: verdict };
}
