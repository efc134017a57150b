import type { AuditBody } from "../../protocol/audit.ts";

/** A record that no action of ours would make, for tests of what keeps records: the types refuse it, the log does not look. */
export function anyRecord(record: { at: Date; action: string } & Partial<Omit<AuditBody, "at" | "action">>): never {
  return { outcome: "done", actor: null, subjects: {}, ...record } as never;
}
