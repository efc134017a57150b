import { readFileSync } from "node:fs";
import type { World } from "../../../bin/start/world.ts";

/** The end reason that the gateway logged for this session, once it did. */
export function endInGatewayLog(world: World, session: string): string | undefined {
  for (const line of readFileSync(world.gateway.logFile, "utf8").split("\n")) {
    if (!line.includes(session) || !line.includes('"reason"')) continue;
    const entry = JSON.parse(line) as { session?: string; reason?: string };
    if (entry.session === session && entry.reason !== undefined) return entry.reason;
  }
  return undefined;
}
