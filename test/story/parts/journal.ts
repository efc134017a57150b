import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { World } from "../../../bin/start/world.ts";

/** What the agent wrote for whoever stands on site, line by line. */
export function journal(world: World): Readonly<Record<string, unknown>>[] {
  return readFileSync(join(world.folders.agent, "journal.jsonl"), "utf8")
    .split("\n")
    .flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line) as Record<string, unknown>]));
}

/** The end reason that the agent wrote for this session, once it did. */
export function endInJournal(world: World, session: string): string | undefined {
  const ended = journal(world).find((line) => line.event === "ended" && line.session === session);
  return ended === undefined ? undefined : String(ended.reason);
}
