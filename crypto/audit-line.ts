import type { Static, TSchema } from "typebox";
import { Check } from "typebox/value";
import {
  type AuditAudience,
  AuditExportCheckpoint,
  AuditExportErased,
  AuditExportHeader,
  AuditExportMissing,
  AuditExportRecord,
  AuditExportWithheld,
  type AuditProblem,
  isTold,
} from "../protocol/audit-export.ts";
import { limits } from "../protocol/limits.ts";
import { Instant } from "../protocol/schema.ts";
import type { Missing } from "./audit-export.ts";
import { isToldBlind, ownerOf } from "./audit-owner.ts";
import { commitRecord, leafOf } from "./audit-record.ts";
import { leafHash } from "./merkle.ts";

/** A record's line, its text agreeing with itself: whether it is in the tree, its leaf shows. */
export interface RecordLine {
  readonly kind: "told" | "withheld" | "erased";
  readonly index: number;
  /** Hash of the leaf. */
  readonly leaf: Uint8Array;
  /** Exact JSON text of one that is told. */
  readonly body: string | null;
  /** Something else in it was changed: it has this place, and says something that was never committed. */
  readonly problem: AuditProblem | null;
}

export type ReadLine =
  | RecordLine
  | { readonly kind: "missing"; readonly missing: Missing }
  | { readonly kind: "checkpoint"; readonly note: string }
  | { readonly kind: "bad"; readonly problem: AuditProblem };

const bad = (problem: AuditProblem): ReadLine => ({ kind: "bad", problem });
const byteOrderMark = "\ufeff";

/** The first line; what it is instead where it is no header. */
export function readHeader(text: string): AuditExportHeader | AuditProblem {
  if (!text.includes('"genkan/audit-export/v1"')) return "not-an-export";
  if (text.startsWith(byteOrderMark)) return "byte-order-mark";
  // None stands inside of JSON but as an escape.
  if (text.includes("\r")) return "line-ends";
  const read = readExactly(text, { header: AuditExportHeader });
  if ("problem" in read) return read.problem === "line-malformed" ? "header-malformed" : read.problem;
  return read.value;
}

/** Any other line. `audience`: whom the file is for. */
export function readLine(text: string, audience: AuditAudience | null): ReadLine {
  if (Buffer.byteLength(text) > limits.auditLineBytes) return bad("line-too-long");
  const read = readExactly(text, {
    record: AuditExportRecord,
    withheld: AuditExportWithheld,
    erased: AuditExportErased,
    missing: AuditExportMissing,
    checkpoint: AuditExportCheckpoint,
  });
  if ("problem" in read) return bad(read.problem);
  const { value } = read;
  if ("checkpoint" in value) return { kind: "checkpoint", note: value.checkpoint };
  if ("missing" in value) return { kind: "missing", missing: value.missing };
  if ("record" in value) return told(value.record, audience);
  if ("withheld" in value) return withheld(value.withheld, audience);
  const { index, leaf } = value.erased;
  return withLeaf({ kind: "erased", index, body: null, problem: null }, leaf);
}

function told(record: AuditExportRecord["record"], audience: AuditAudience | null): ReadLine {
  const { index, body } = record;
  const salt = bytesOf(record.salt);
  if (salt === null || !body.isWellFormed()) return bad("line-malformed");
  if (Buffer.byteLength(body) > limits.auditBodyBytes) return bad("line-too-long");
  const { commitment, leaf } = commitRecord({ salt, body });
  let problem: AuditProblem | null = null;
  if (textOf(commitment) !== record.commitment) problem = "commitment-mismatch";
  else if (textOf(leaf) !== record.leaf) problem = "leaf-mismatch";
  else if (!isTold(audience, ownerOf(body))) problem = "told-foreign";
  return withLeaf({ kind: "told", index, body, problem }, record.leaf);
}

function withheld(record: AuditExportWithheld["withheld"], audience: AuditAudience | null): ReadLine {
  const { index } = record;
  const [ownerSalt, site, vendor, seal] = [record.ownerSalt, record.site, record.vendor, record.seal].map(bytesOf);
  if (!ownerSalt || !site || !vendor || !seal) return bad("line-malformed");
  let problem: AuditProblem | null = null;
  if (textOf(leafHash(leafOf({ ownerSalt, site, vendor }, seal))) !== record.leaf) problem = "leaf-mismatch";
  else if (isToldBlind(audience, { ownerSalt, site, vendor })) problem = "withheld-own";
  return withLeaf({ kind: "withheld", index, body: null, problem }, record.leaf);
}

function withLeaf(line: Omit<RecordLine, "leaf">, text: string): ReadLine {
  const leaf = bytesOf(text);
  return leaf === null ? bad("line-malformed") : { ...line, leaf };
}

/** Another text with the same bytes is refused: 43 characters of base64url carry two bits that decode to nothing. */
function bytesOf(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

/**
 * A line of one of these forms. Exact form only: a line with white space, a member twice or another escape could read
 * differently elsewhere.
 */
function readExactly<S extends Record<string, TSchema>>(
  text: string,
  forms: S,
): { value: Static<S[keyof S]> } | { problem: AuditProblem } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "line-broken" };
  }
  const form = Object.values(forms).find((schema) => Check(schema, value));
  if (form === undefined) return { problem: "line-malformed" };
  return JSON.stringify(value) === text ? { value: value as Static<S[keyof S]> } : { problem: "line-reformatted" };
}

/** When a body says that it happened; undefined for one of another shape, which is no fault of the log. */
export function instantOf(body: string): string | undefined {
  try {
    const { at } = JSON.parse(body) as { at?: unknown };
    return Check(Instant, at) ? at : undefined;
  } catch {
    return undefined;
  }
}
