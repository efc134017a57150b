import type { LockKind } from "../../protocol/lock.ts";

export const lockKinds = {
  person: "Person",
  workstation: "Workstation",
  vendor: "Vendor",
  device: "Device",
  agent: "Agent",
  site: "Site",
  everything: "Everything",
} as const satisfies Record<LockKind, string>;
