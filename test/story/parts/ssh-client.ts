import { type CommandResult, run } from "../../run/command.ts";
import type { Sshd } from "./sshd.ts";

/** Options with which Debian's ssh and scp accept exactly this host key and offer exactly this user key. */
export function options({ keyFile, knownHosts }: Sshd): string[] {
  const settings = [
    `UserKnownHostsFile=${knownHosts}`,
    "HostKeyAlias=device",
    "StrictHostKeyChecking=yes",
    "BatchMode=yes",
    "IdentitiesOnly=yes",
    "ConnectTimeout=20",
  ];
  return ["-F", "/dev/null", "-i", keyFile, ...settings.flatMap((setting) => ["-o", setting])];
}

/** Runs a command on the device by way of a port on this computer. */
export async function ssh(sshd: Sshd, port: number, command: string): Promise<CommandResult> {
  return mustRun("ssh", [...options(sshd), "-p", String(port), `${sshd.user}@127.0.0.1`, command]);
}

/** Copies by way of a port on this computer; a remote path is written `device:PATH`. */
export async function scp(sshd: Sshd, port: number, from: string, to: string): Promise<CommandResult> {
  const path = (text: string) => text.replace(/^device:/, `${sshd.user}@127.0.0.1:`);
  return mustRun("scp", [...options(sshd), "-q", "-P", String(port), path(from), path(to)]);
}

/** Runs a program that must succeed, in this process's environment unless told. */
export async function mustRun(
  command: string,
  args: readonly string[],
  environment?: NodeJS.ProcessEnv,
): Promise<CommandResult> {
  const result = await run(command, args, environment ? { environment } : {});
  if (result.code !== 0) throw new Error(`${command} exited ${result.code}: ${result.output.trim()}`);
  return result;
}
