import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { approve, deviceNamed, request, windowFromNow } from "../parts/request.ts";
import { admit, refusal } from "../parts/session.ts";
import type { Evidence } from "../result.ts";

const hourMs = 3_600_000;

/** A grant that begins tomorrow opens nothing today, neither on the page nor by the command line. */
export async function run(context: Context): Promise<Evidence> {
  const [sato, tanaka] = [context.person("sato"), context.person("tanaka")];
  const device = await deviceNamed(sato, deviceNames.sshd);
  const grant = await approve(tanaka, await request(sato, device, windowFromNow(24 * hourMs, hourMs)));
  const page = await admit(sato, grant);
  const terminal = await context.terminal("sato").run("connect", device.name, "SSH", "--grant", grant.id);
  const said = terminal.facts.at(-1)?.error as { code?: string } | undefined;
  if (terminal.code === 0 || said?.code !== "window-not-begun") throw new Error(`genkan said: ${terminal.output}`);
  return {
    grant: grant.id,
    window: grant.windows[0],
    page: refusal(page, "denied", "window-not-open"),
    terminal: said.code,
  };
}
