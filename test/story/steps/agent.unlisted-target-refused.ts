import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { journal } from "../parts/journal.ts";
import type { Evidence } from "../result.ts";

/** Asked for and approved, and still the agent's own list has the last word: nothing is dialled. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const devices = await context.devices();
  const { code, facts, output } = await context.terminal("sato").run("connect", deviceNames.unlisted, "TCP");
  const said = facts.at(-1)?.error as { code?: string } | undefined;
  if (code === 0 || said?.code !== "target-not-listed") throw new Error(`genkan said: ${output}`);
  const refused = journal(world).filter((line) => line.event === "refused" && line.code === "target-not-listed");
  if (refused.length === 0) throw new Error("The agent's journal does not tell it.");
  const connections = devices.reached("unlisted");
  if (connections > 0) throw new Error("The device was dialled.");
  return { terminal: said.code, journal: refused.at(-1), connections };
}
