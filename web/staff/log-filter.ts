import type { AuditRecordView } from "../../protocol/api/audit.ts";
import type { AuditBody } from "../../protocol/audit.ts";

export interface LogFilter {
  outcome: "any" | AuditBody["outcome"];
  text: string;
}

/** What the authority is asked for: an outcome, and an id where one is typed alone. The rest is looked for in what it sent. */
export function asked({ outcome, text }: LogFilter): { outcome: string | null; subject: string | null } {
  const subject = /^[a-z]{3}_[0-9a-z]{16}$/.exec(text.trim())?.[0] ?? null;
  return { outcome: outcome === "any" ? null : outcome, subject };
}

/** Whether a record shows under a filter; every word must occur somewhere in it, in any case. */
export function matches(record: AuditRecordView, filter: LogFilter): boolean {
  const { body } = record;
  if (filter.outcome !== "any" && body?.outcome !== filter.outcome) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const hay = JSON.stringify([record.id, record.index, body]).toLowerCase();
  return words.every((word) => hay.includes(word));
}
