import type { AuditProblem } from "../../protocol/audit-export.ts";

export const auditProblems = {
  "header-malformed": "The first line is not the header of an audit export.",
  "key-mismatch": "The file names another key than the one to verify with.",
  "origin-mismatch": "The file is of another log than the key.",
  "line-malformed": "A line is neither record nor checkpoint, or not in the exact form.",
  "line-too-long": "A line is longer than any record can be.",
  "index-out-of-order": "A record is missing, inserted or out of its place.",
  "commitment-mismatch": "The body of a record is not the one that was committed.",
  "leaf-mismatch": "The salt, commitment or leaf of a record was changed.",
  "checkpoint-malformed": "A checkpoint does not follow its layout.",
  "checkpoint-origin": "A checkpoint is of another log.",
  "checkpoint-signature": "A checkpoint is not signed by the key.",
  "checkpoint-size": "A checkpoint covers more or fewer records than stand before it.",
  "checkpoint-root": "The records are not those that the checkpoint was signed for.",
  truncated: "The file ends before the checkpoint that covers its records, or before the one that is expected.",
  "kept-mismatch": "The records are not those of the checkpoint that was kept.",
  "expected-mismatch": "The file ends with another size or root than expected.",
} as const satisfies Record<AuditProblem, string>;
