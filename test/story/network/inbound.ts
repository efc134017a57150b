import type { Evidence } from "../result.ts";
import type { Network } from "./network.ts";
import type { closedZones } from "./rules.ts";
import { everyPort, upTo } from "./scan.ts";
import type { Zone } from "./topology.ts";

/** Long enough for the slowest answer: for the ports that are known to be open inside. */
const patientMs = 2_000;
/** The ports that have names; a datagram gets no answer from most of what listens, so the rules' count tells more. */
const udpPorts = upTo(1_024);

export interface Target {
  readonly address: string;
  /** TCP ports that are open there. */
  readonly open: readonly number[];
  /** What is tried; every port unless told. */
  readonly ports?: readonly number[];
}

/**
 * Scans TCP ports of a zone's addresses from other zones, and UDP. The same scan from inside must find the open ports, or
 * it would prove nothing. Throws when anything answers, or when the zone's rules did not count every attempt.
 */
export async function scanFrom(
  network: Network,
  from: readonly Zone[],
  to: (typeof closedZones)[number],
  targets: readonly Target[],
): Promise<Evidence> {
  const evidence: Record<string, Evidence> = {};
  for (const { address, open, ports = everyPort } of targets) {
    const inside = await network.probe(to, "scanTcp", { address, ports });
    const missed = open.filter((port) => !inside.open.includes(port));
    if (open.length === 0 || missed.length > 0) throw new Error(`The scan misses ${address} ${missed.join()}.`);
    const before = dropped(network, to);
    const found = await Promise.all(from.map((zone) => scan(network, zone, address, ports, inside.open)));
    const now = dropped(network, to);
    const counted = { tcp: now.tcp - before.tcp, udp: now.udp - before.udp };
    const tried = { tcp: sum(found.map(({ tcp }) => tcp)), udp: sum(found.map(({ udp }) => udp)) };
    const answered = found.filter(({ answers }) => answers.length > 0);
    if (answered.length > 0) throw new Error(`${address} answered: ${JSON.stringify(answered)}`);
    if (counted.tcp < tried.tcp || counted.udp < tried.udp)
      throw new Error(
        `${address}: ${JSON.stringify(tried)} were tried, ${JSON.stringify(counted)} counted as dropped.`,
      );
    evidence[address] = { openInside: inside.open, from, openOutside: [], tried, dropped: counted };
  }
  return evidence;
}

async function scan(
  network: Network,
  zone: Zone,
  address: string,
  ports: readonly number[],
  openInside: readonly number[],
) {
  const all = await network.probe(zone, "scanTcp", { address, ports });
  const again = await network.probe(zone, "scanTcp", { address, ports: openInside, waitMs: patientMs });
  const udp = await network.probe(zone, "scanUdp", { address, ports: udpPorts });
  const refused = Array.from({ length: all.refused + again.refused }, () => "refused");
  return {
    zone,
    tcp: all.tried + again.tried,
    udp: udp.tried,
    answers: [...all.open, ...again.open, ...udp.answered, ...refused],
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

const dropped = (network: Network, zone: (typeof closedZones)[number]) => ({
  tcp: network.counted(zone, "inbound-tcp"),
  udp: network.counted(zone, "inbound-udp"),
});
