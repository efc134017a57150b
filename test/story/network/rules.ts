import { deviceAddress, gatewayAddress, neighbourAddress, publicPort, type Zone } from "./topology.ts";

/** Packets that a zone's rules have counted since its beginning. */
export type Counter =
  /** Dropped: nobody inside had asked for them. */
  | "inbound-tcp"
  | "inbound-udp"
  | "inbound-other"
  /** To the gateway's public port, and to anything else outside. */
  | "outbound-gateway"
  | "outbound-other"
  /** Inside `vlan`: attempts at a device or its neighbour, beside the ports in the set `granted`. */
  | "elsewhere-tcp"
  | "elsewhere-udp";

const counters: readonly Counter[] = [
  "inbound-tcp",
  "inbound-udp",
  "inbound-other",
  "outbound-gateway",
  "outbound-other",
  "elsewhere-tcp",
  "elsewhere-udp",
];

/** Zones that nothing may enter from outside. The others have no rules. */
export const closedZones = ["hospital", "vlan"] as const satisfies readonly Zone[];

/**
 * An nft ruleset: drops whatever arrives from outside unless it answers something from inside, and counts. What leaves is
 * counted and let through, so that a zone that stays silent does so by itself.
 */
export const rules = `
table inet genkan {
${counters.map((name) => `  counter ${name} {}`).join("\n")}
  set granted { type inet_service; }
  chain input {
    type filter hook input priority 0; policy drop;
    iifname "lo" jump inside
    ct state established,related accept
    meta l4proto tcp counter name inbound-tcp drop
    meta l4proto udp counter name inbound-udp drop
    counter name inbound-other drop
  }
  chain inside {
    ip daddr { ${deviceAddress}, ${neighbourAddress} } jump attempts
    accept
  }
  chain attempts {
    tcp flags & (syn | ack) == syn tcp dport != @granted counter name elsewhere-tcp
    meta l4proto udp counter name elsewhere-udp
    return
  }
  chain forward { type filter hook forward priority 0; policy drop; }
  chain output {
    type filter hook output priority 0; policy accept;
    oifname "lo" accept
    ip daddr ${gatewayAddress} tcp dport ${publicPort} counter name outbound-gateway accept
    meta nfproto ipv4 counter name outbound-other
  }
}
`;
