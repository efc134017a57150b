import { readFileSync, writeFileSync } from "node:fs";
import type { Context } from "../context.ts";
import { auditFile } from "../parts/audit-file.ts";
import type { Evidence } from "../result.ts";

/** One word of one record is changed; the verifier names that record. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const lines = readFileSync(auditFile(context), "utf8").trimEnd().split("\n");
  const at = lines.findIndex((line) => line.includes('"refused"'));
  const record = lines[at];
  if (record === undefined) throw new Error("The log has no refusal to doctor.");
  const doctored = `${auditFile(context)}.doctored`;
  writeFileSync(doctored, `${lines.with(at, record.replace('"refused"', '"allowed"')).join("\n")}\n`);
  const { code, facts } = await context
    .terminal("yamada")
    .run("audit", "verify", doctored, "--key", world.fingerprints.logKey);
  const verdict = facts.at(-1);
  if (code !== 1 || verdict?.ok !== false) throw new Error(`The verifier exited ${code}: ${JSON.stringify(verdict)}`);
  const id = /"id":"(aud_[0-9a-z]+)"/.exec(record)?.[1];
  if (id === undefined || verdict.firstBad !== id) throw new Error(`It names ${String(verdict.firstBad)}, not ${id}.`);
  return { changed: id, ...verdict };
}
