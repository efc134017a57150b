import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { hasJoined } from "../../agent/joined.ts";
import { beginAgent } from "./begin.ts";
import { root } from "./program.ts";
import { scripts, type World, type WorldOptions } from "./world.ts";

/** The code of the first administrator, while there is none. */
export async function firstCode(world: World): Promise<{ firstCode?: string; firstCodeUntil?: string }> {
  const { firstCode: code, firstCodeUntil } = await world.askAuthority("first-code");
  return typeof code === "string" ? { firstCode: code, firstCodeUntil: String(firstCodeUntil) } : {};
}

/**
 * What stands here for the two commands that pages tell a hospital to run on its hosts: the same program with the settings that
 * an installed one has.
 */
export function typedHere({ folders, masterKeyFile }: World): Record<"genkan-agent" | "genkan-authority", string> {
  const line = (script: string, settings: Record<string, string>) =>
    [
      ...Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}`),
      quoted(process.execPath),
      quoted(join(root, script)),
    ].join(" ");
  return {
    "genkan-agent": line(scripts.agent, { GENKAN_DATA: folders.agent, GENKAN_ALLOW: folders.allowFile }),
    "genkan-authority": line(scripts.authority, {
      GENKAN_DATA: folders.authority,
      GENKAN_MASTER_KEY: masterKeyFile,
    }),
  };
}

const joinedWatchMs = 500;

/** Runs the agent as soon as somebody has joined it with the command of the page. */
export async function awaitAgent(world: World, options: WorldOptions): Promise<void> {
  while (!hasJoined(world.folders.agent)) await wait(joinedWatchMs);
  await beginAgent(world, options);
}

/** As a shell takes it for one word. */
const quoted = (text: string) => (/^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
