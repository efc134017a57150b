/** What a lock can cover, from the narrowest to everything. Its target is the id of the thing; everything has none. */
export const lockKinds = ["person", "workstation", "vendor", "device", "agent", "site", "everything"] as const;
export type LockKind = (typeof lockKinds)[number];

/** Of these a lock names one; of everything there is nothing to name. */
export type LockedKind = Exclude<LockKind, "everything">;
