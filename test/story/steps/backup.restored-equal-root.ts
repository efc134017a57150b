import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runScript } from "../../run/command.ts";
import type { Context } from "../context.ts";
import { auditFile } from "../parts/audit-file.ts";
import type { Evidence } from "../result.ts";

const program = "bin/genkan-authority.ts";

/**
 * While everything runs the administrator makes a backup. Restored in an empty place it comes to the very root that it was made
 * with, which the whole log proves; with one bit changed it is refused, and so it is onto the store that has gone on.
 */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const at = (name: string) => join(world.folders.log, name);
  const told = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { code, output } = await runScript(program, [...args, "--json"]);
    if (code !== 0) throw new Error(`${args.slice(0, 2).join(" ")}: ${output}`);
    return JSON.parse(output) as Record<string, unknown>;
  };
  const [identity, file] = [at("recovery.key"), at("genkan.backup")];
  const { recipient } = await told("recovery-key", "--out", identity);
  const made = await world.askAuthority("backup make", { "--to": file, "--recipient": String(recipient) });
  const verified = await told("backup", "verify", file, "--identity", identity);
  const place = ["--data", at("restored"), "--master-key", at("restored-key/master.key")];
  const restored = await told("restore", file, "--identity", identity, ...place);
  const roots = new Set([made, verified, restored].map(({ size, root }) => `${String(size)} ${String(root)}`));
  if (roots.size !== 1) throw new Error(`The roots differ: ${[...roots].join(", ")}`);

  const bytes = await readFile(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(at("changed.backup"), bytes);
  const changed = await runScript(program, ["backup", "verify", at("changed.backup"), "--identity", identity]);
  if (changed.code !== 1 || !/changed or cut short/.test(changed.output)) throw new Error(changed.output);
  const again = await runScript(program, ["restore", file, "--identity", identity, ...place]);
  if (again.code !== 1 || !again.output.includes("--replace")) throw new Error(again.output);

  // The log that went on contains the one of the backup.
  const terminal = context.terminal("yamada");
  const exported = `${auditFile(context)}.later`;
  await terminal.must("audit", "export", "--output", exported);
  const later = await terminal.must("audit", "verify", exported, "--key", String(made.logKey));
  return {
    size: made.size,
    root: made.root,
    bytes: bytes.length,
    later: later.records,
    changed: changed.output.trim(),
  };
}
