import { writeFileSync } from "node:fs";
import { thisMachine } from "./layout.ts";

/**
 * Writes the agent's allow-list: exactly these ports of this address. Loopback is allowed only where the sample devices
 * run beside the agent; a hospital's list names addresses of its device VLAN.
 */
export function allowTargets(file: string, ports: readonly number[], address = thisMachine.addresses.devices): void {
  const loopback = address === thisMachine.addresses.devices;
  const list = { targets: [{ address, ports }], ...(loopback ? { allowLoopback: true } : {}) };
  writeFileSync(file, `${JSON.stringify(list, null, 2)}\n`, { mode: 0o600 });
}
