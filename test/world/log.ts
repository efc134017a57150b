import { type AuditVerdict, verifyAuditExport } from "../../crypto/audit-verify.ts";
import type { AuditBody } from "../../protocol/audit.ts";
import type { AuditExportRecord } from "../../protocol/audit-export.ts";
import type { Person } from "./person.ts";

/** An exported log, verified as a stranger would, with what its records say. */
export interface ReadLog {
  readonly text: string;
  readonly verdict: AuditVerdict;
  readonly records: readonly AuditBody[];
}

/** `since`: a checkpoint that was kept from before, which the log must still contain. */
export async function readLog(officer: Person, key: string, since?: string): Promise<ReadLog> {
  const { status, body } = await officer.ask<string>("GET", "/api/audit/export");
  if (status !== 200) throw new Error(`The export answered ${status}: ${JSON.stringify(body)}`);
  const verdict = await verifyText(body, key, since);
  const records = body.split("\n").flatMap((line): AuditBody[] => {
    const { record } = (line === "" ? {} : JSON.parse(line)) as Partial<AuditExportRecord>;
    return record?.body ? [JSON.parse(record.body) as AuditBody] : [];
  });
  return { text: body, verdict, records };
}

export async function verifyText(text: string, key: string, since?: string): Promise<AuditVerdict> {
  const chunks = (async function* () {
    yield Buffer.from(text);
  })();
  return verifyAuditExport(chunks, key, since === undefined ? {} : { since });
}

/** The last checkpoint of an export, as somebody would keep it. */
export function lastCheckpoint(text: string): string {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return (JSON.parse(line) as { checkpoint: string }).checkpoint;
}

/** What a caller was told is done: an action, and one of its subjects. */
export interface Acknowledged {
  readonly action: string;
  readonly subject: string;
}

/** Those of `acknowledged` that the log does not have. */
export function missingFrom(records: readonly AuditBody[], acknowledged: readonly Acknowledged[]): Acknowledged[] {
  const told = new Set(
    records.flatMap(({ action, subjects }) => Object.values(subjects).map((id) => `${action} ${id}`)),
  );
  return acknowledged.filter(({ action, subject }) => !told.has(`${action} ${subject}`));
}
