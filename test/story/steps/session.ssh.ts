import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { endedSession } from "../parts/session.ts";
import { ssh } from "../parts/ssh-client.ts";
import type { Evidence } from "../result.ts";

/** The unmodified ssh of Debian, through a port on localhost, to the unmodified sshd of Debian. */
export async function run(context: Context): Promise<Evidence> {
  const { sshd } = await context.devices();
  const connection = await context.terminal("sato").connect(deviceNames.sshd, "SSH");
  const { output } = await ssh(sshd, connection.port, "echo genkan-$((6*7)); uname -s");
  await connection.stop();
  if (!output.includes("genkan-42\nLinux")) throw new Error(`ssh said: ${output}`);
  if (!sshd.log.includes(`Accepted publickey for ${sshd.user}`)) throw new Error("sshd did not log it.");
  const { counts, reason } = await endedSession(context.person("sato"), connection.session);
  return { session: connection.session, said: output.trim().split("\n"), counts, reason };
}
