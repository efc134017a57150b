import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SessionView } from "../../../protocol/api/session.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { endedSession } from "../parts/session.ts";
import { mustRun, options } from "../parts/ssh-client.ts";
import type { Evidence } from "../result.ts";

/**
 * No port: Debian's ssh with `genkan connect --stdio` as its ProxyCommand, and then `genkan ssh`, which starts it so, finds the
 * device by the beginning of its name, and keeps its host key for itself.
 */
export async function run(context: Context): Promise<Evidence> {
  const { sshd } = await context.devices();
  const terminal = context.terminal("sato");
  const sato = context.person("sato");
  const known = new Set((await sessions(sato)).map(({ id }) => id));
  const { environment } = terminal;

  const proxy = `ProxyCommand=${terminal
    .command("connect", "--stdio", "--grant", context.grant("ssh").id, deviceNames.sshd, "ssh")
    .map((word) => `'${word}'`)
    .join(" ")}`;
  const bytes = 1_000_000;
  const copied = await mustRun(
    "ssh",
    [...options(sshd), "-o", proxy, `${sshd.user}@device`, `head -c ${bytes} /dev/zero | wc -c; echo genkan-$((6*7))`],
    environment,
  );
  if (!copied.output.includes(`${bytes}\ngenkan-42`)) throw new Error(`ssh said: ${copied.output}`);

  const [program, ...rest] = terminal.command("ssh", deviceNames.sshd.slice(0, 4), "--user", sshd.user, "--");
  const own = ["-F", "/dev/null", "-i", sshd.keyFile, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"];
  const first = ["-o", "StrictHostKeyChecking=accept-new"];
  for (const more of [first, []]) {
    const { output } = await mustRun(program ?? "", [...rest, ...own, ...more, "echo", "own-ssh"], environment);
    if (!output.includes("own-ssh")) throw new Error(`genkan ssh said: ${output}`);
  }
  const file = join(terminal.stateFolder, "known_hosts");
  const kept = existsSync(file) ? readFileSync(file, "utf8").split(" ")[0] : undefined;

  const made = (await sessions(sato)).filter(({ id }) => !known.has(id));
  const ended = await Promise.all(made.map(({ id }) => endedSession(sato, id)));
  if (made.length !== 3) throw new Error(`There were ${made.length} sessions.`);
  return { reasons: ended.map(({ reason }) => reason), hostKeyOf: kept };
}

const sessions = async (sato: ReturnType<Context["person"]>) =>
  (await sato.get<{ sessions: SessionView[] }>("/api/sessions")).sessions;
