import { run as runCommand } from "../../run/command.ts";
import type { Context } from "../context.ts";
import { endedSession } from "../parts/session.ts";
import type { Evidence } from "../result.ts";

const lines = ["HELO story", "LIST", "STATUS 3", "ECHO genkan", "QUIT", ""];

/** The unmodified nc speaks the infusion pumps' line protocol. */
export async function run(context: Context): Promise<Evidence> {
  const grant = context.grant("tcp");
  const [service] = grant.services;
  const connection = await context.terminal("sato").connect(grant.device.name, service?.name ?? "", grant.id);
  const { output } = await runCommand("/bin/nc.openbsd", ["127.0.0.1", String(connection.port)], {
    input: lines.join("\r\n"),
  });
  await connection.stop();
  const said = output.trim().split("\r\n");
  for (const expected of ["212 3 alarm-occlusion 0 mL/h 21 mL", "213 genkan", "221 bye"]) {
    if (!said.includes(expected)) throw new Error(`The pump did not say "${expected}": ${output}`);
  }
  const { counts, reason } = await endedSession(context.person("sato"), connection.session);
  return { session: connection.session, said, counts, reason };
}
