import { stat } from "node:fs/promises";
import type { Context } from "../context.ts";
import { auditFile } from "../parts/audit-file.ts";
import type { Evidence } from "../result.ts";

/** The officer exports the log; anybody verifies it offline with the key that the authority printed when it was made. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const terminal = context.terminal("yamada");
  const file = auditFile(context);
  await terminal.must("audit", "export", "--output", file);
  const verdict = await terminal.must("audit", "verify", file, "--key", world.fingerprints.logKey);
  return { bytes: (await stat(file)).size, ...verdict };
}
