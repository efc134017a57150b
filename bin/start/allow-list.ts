import { writeFileSync } from "node:fs";

/**
 * Writes the agent's allow-list: exactly these ports of this machine. Loopback is allowed because the sample devices run
 * beside the agent; a hospital's list names addresses of its device VLAN.
 */
export function allowTargets(file: string, ports: readonly number[]): void {
  const list = { targets: [{ address: "127.0.0.1", ports }], allowLoopback: true };
  writeFileSync(file, `${JSON.stringify(list, null, 2)}\n`, { mode: 0o600 });
}
