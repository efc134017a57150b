import type { AuditRecordView } from "../../protocol/api/audit.ts";
import type { AuditBody } from "../../protocol/audit.ts";

export interface LogFilter {
  outcome: "any" | AuditBody["outcome"];
  text: string;
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
