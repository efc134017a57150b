import type { Layout } from "../../../bin/start/layout.ts";

/**
 * Four networks on one bridge, so that every path that a firewall could cut is there: what keeps a stranger out is the
 * receiving host's own rules, and nothing on the way.
 */
export const zones = ["vendor", "dmz", "hospital", "vlan"] as const;
export type Zone = (typeof zones)[number];

/** Each zone's own addresses; the first one is its host's. In `vlan` that is the agent's, then the devices'. */
export const addresses = {
  vendor: ["10.77.1.10"],
  dmz: ["10.77.2.10"],
  hospital: ["10.77.3.10"],
  vlan: ["10.77.4.10", "10.77.4.20", "10.77.4.30"],
} as const satisfies Record<Zone, readonly string[]>;

export const prefixLength = 16;

const [gateway] = addresses.dmz;
const [authority] = addresses.hospital;

export const [agentAddress, deviceAddress, neighbourAddress] = addresses.vlan;
export const gatewayAddress = gateway;
export const authorityAddress = authority;

/** The namespaces are ours alone, so the gateway's port is free there. */
export const publicPort = 8443;

/** Names as a hospital would choose them: none of them is this machine to a browser or resolver. */
export const names: Layout["names"] = {
  portal: "portal.genkan.test",
  staff: "staff.genkan.test",
  access: "access.genkan-devices.test",
};
