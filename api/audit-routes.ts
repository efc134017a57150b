import { Readable } from "node:stream";
import type { Context } from "../authority/context.ts";
import { exportFor } from "../authority/log-export.ts";
import { AuditPage, AuditProofQuery, AuditQuery } from "../protocol/api/audit.ts";
import { latestCheckpoint } from "../store/log.ts";
import { proveRecord } from "../store/log-export.ts";
import { listLog } from "../store/log-list.ts";
import type { Sequencer } from "../store/sequencer.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";

const staff = ["staff"] as const;
const logReaders = ["officer", "administrator", "auditor"] as const;

/** Reading and proving the log: for the hospital's own people. */
export function auditRoutes(c: Context, sequencer: Sequencer): Endpoint[] {
  const { db } = c.store;
  return [
    endpoint({
      method: "GET",
      url: "/api/audit",
      faces: staff,
      permission: logReaders,
      audit: "audit.read",
      query: AuditQuery,
      reply: AuditPage,
      handle: async ({ caller, query }) => {
        const checkpoint = await latestCheckpoint(db);
        const { before = null, limit = 50, ...filter } = query;
        return {
          ...(await listLog(db, caller.scope, { before, limit, ...filter })),
          size: checkpoint?.size ?? 0,
          checkpoint: checkpoint?.note ?? null,
          key: c.keys.log.verifierKey,
        };
      },
    }),
    endpoint({
      method: "GET",
      url: "/api/audit/export",
      faces: staff,
      permission: logReaders,
      audit: "audit.export",
      reply: null,
      handle: async ({ caller, reply }) => {
        const lines = await exportFor(c, sequencer, caller);
        reply.header("content-disposition", 'attachment; filename="genkan-audit.jsonl"').type("application/jsonl");
        return Readable.from(lines);
      },
    }),
    endpoint({
      method: "GET",
      url: "/api/audit/proof",
      faces: staff,
      permission: logReaders,
      audit: "audit.prove",
      query: AuditProofQuery,
      reply: null,
      handle: async ({ caller, query: { index }, reply }) => {
        const proof = await proveRecord(db, caller.scope, index);
        const name = `genkan-record-${index}.tlog-proof`;
        reply.header("content-disposition", `attachment; filename="${name}"`).type("text/plain; charset=utf-8");
        return proof;
      },
    }),
  ];
}
