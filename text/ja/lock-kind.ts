import type { LockKind } from "../../protocol/lock.ts";

export const lockKinds = {
  person: "人",
  workstation: "端末",
  vendor: "保守会社",
  device: "機器",
  agent: "エージェント",
  site: "施設",
  everything: "すべて",
} as const satisfies Record<LockKind, string>;
