import { hostKeyAlias } from "./connect.ts";
import { chooseDestination } from "./enter.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

export interface SshOptions {
  readonly device: string;
  /** As typed; the one that speaks ssh without it. */
  readonly service?: string;
  readonly grant?: string;
  /** On the device; ssh's own choice without it. */
  readonly user?: string;
  /** Options and a command, for ssh. */
  readonly rest: readonly string[];
}

/** The program that runs here, and how another one is run. */
export interface Surroundings {
  /** Command that starts this program once more. */
  readonly self: readonly string[];
  /** Runs a program on this terminal. Resolves with its exit code; null when there is no such program. */
  readonly run: (program: string, args: readonly string[]) => Promise<number | null>;
}

/**
 * `genkan ssh`: the system's own ssh, which reaches the device by `genkan connect --stdio`. Its host keys are kept under the
 * service, in a file of our own, so that a device that has been exchanged shows, whatever port or name it was reached by. The
 * exit code is that of ssh.
 */
export async function ssh(cli: Cli, options: SshOptions, { self, run }: Surroundings): Promise<number> {
  const { user, rest } = options;
  if (cli.terminal.json) throw new UsageError("stdio-alone");
  // What begins with a hyphen would be an option, and ssh takes commands by options.
  if (user !== undefined && !/^[\p{L}\p{N}_][\p{L}\p{N}_.@\\-]*\$?$/u.test(user))
    throw new UsageError("ssh-user-invalid", { user });
  const api = signedIn(cli);
  const { grant, service } = await chooseDestination(cli, api, { ...options, service: options.service ?? "ssh" });
  const proxy = [
    ...self,
    "connect",
    "--stdio",
    "--origin",
    api.origin,
    "--grant",
    grant.id,
    grant.device.id,
    service.id,
  ];
  const settings = [
    `ProxyCommand=${proxy.map(quoted).join(" ")}`,
    `HostKeyAlias=${hostKeyAlias(service.id)}`,
    `UserKnownHostsFile=${quotedPath(cli.folder.fileOf("known_hosts"))}`,
  ];
  const args = settings.flatMap((setting) => ["-o", setting]);
  const code = await run("ssh", [...args, ...(user === undefined ? [] : ["-l", user]), grant.device.id, ...rest]);
  if (code === null) throw new UsageError("ssh-missing");
  return code;
}

/** For the shell that ssh starts a proxy with; `%` begins a token of ssh's own (ssh_config(5), TOKENS). */
function quoted(word: string): string {
  const escaped = word.replaceAll("%", "%%");
  if (/^[\w./:@%+=-]+$/.test(word)) return escaped;
  return process.platform === "win32" ? `"${escaped}"` : `'${escaped.replaceAll("'", "'\\''")}'`;
}

/** For a value that ssh itself splits at spaces (ssh_config(5)). */
const quotedPath = (path: string) => `"${path.replaceAll("%", "%%")}"`;
