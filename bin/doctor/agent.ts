import { join } from "node:path";
import { readJoined } from "../../agent/joined.ts";
import { readPinned } from "../../agent/trust.ts";
import { type Finding, found } from "./finding.ts";
import { reachAuthority, reachGateway } from "./gateway-reach.ts";
import { checkCertificate, checkClock, checkDisk, checkRights } from "./host-checks.ts";

export interface AgentDoctor {
  readonly data: string;
  readonly allow?: string;
  readonly certificate?: readonly string[];
  readonly portal?: string;
}

/** What an agent needs on its host, and on its way to the authority. */
export function agentChecks(o: AgentDoctor, now: () => Date): Promise<Finding | Finding[]>[] {
  return [
    checkDisk(o.data),
    checkRights(join(o.data, "agent.json"), "private", "--data"),
    ...(o.allow === undefined ? [] : [checkRights(o.allow, "own", "--allow")]),
    ...(o.certificate ?? []).map((path) => checkCertificate(path, now())),
    beyond(o),
    checkClock(o.portal, now),
  ];
}

async function beyond(o: AgentDoctor): Promise<Finding[]> {
  try {
    const { authorityKey, gateways, programKey, site } = readJoined(o.data);
    const trusted = readPinned(o.data, site.id) !== undefined;
    const reached = gateways.map(async (gateway) => [
      ...(await reachGateway(gateway, "gateway")),
      await reachAuthority(gateway, authorityKey, programKey),
    ]);
    return [
      trusted ? found("ok", "approvers") : found("warn", "approvers-none"),
      ...(await Promise.all(reached)).flat(),
    ];
  } catch {
    // What keeps it from being read is told of the file itself.
    return [];
  }
}
