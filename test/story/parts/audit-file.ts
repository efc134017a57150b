import { join } from "node:path";
import type { Context } from "../context.ts";

/** Where the officer's export of the log lies. */
export const auditFile = (context: Context) => join(context.folder, "audit.jsonl");
