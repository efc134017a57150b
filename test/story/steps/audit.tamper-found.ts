import { readFileSync, writeFileSync } from "node:fs";
import type { Context } from "../context.ts";
import { auditFile } from "../parts/audit-file.ts";
import type { Evidence } from "../result.ts";

/** One word of one record is changed, and then one record is taken out: the verifier names the record each time. */
export async function run(context: Context): Promise<Evidence> {
  const lines = readFileSync(auditFile(context), "utf8").trimEnd().split("\n");
  const at = lines.findIndex((line) => line.includes(refused));
  const { record } = JSON.parse(lines[at] ?? "{}") as { record?: { index: number } };
  if (!record) throw new Error("The log has no refusal to doctor.");
  const changed = lines.with(at, lines[at]?.replace(refused, refused.replace("refused", "allowed")) ?? "");
  return {
    changed: await verify(context, changed, record.index),
    removed: await verify(context, lines.toSpliced(at, 1), record.index),
  };
}

/** A member of a record's body, which is JSON inside JSON. */
const refused = JSON.stringify('"outcome":"refused"').slice(1, -1);

async function verify(context: Context, lines: string[], index: number): Promise<Evidence> {
  const world = await context.world();
  const doctored = `${auditFile(context)}.doctored`;
  writeFileSync(doctored, `${lines.join("\n")}\n`);
  const terminal = context.terminal("yamada");
  const { code, facts } = await terminal.run("audit", "verify", doctored, "--key", world.fingerprints.logKey);
  const verdict = facts.at(-1);
  if (code !== 1 || verdict?.ok !== false || verdict.firstBad !== index) {
    throw new Error(`Record ${index} was doctored, the verifier exited ${code}: ${JSON.stringify(verdict)}`);
  }
  return verdict;
}
