import { type CommandResult, run } from "../../run/command.ts";
import type { Sshd } from "./sshd.ts";

/** Options with which Debian's ssh and scp accept exactly this host key and offer exactly this user key. */
function options({ keyFile, knownHosts }: Sshd): string[] {
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
  return must("ssh", [...options(sshd), "-p", String(port), `${sshd.user}@127.0.0.1`, command]);
}

/** Copies by way of a port on this computer; a remote path is written `device:PATH`. */
export async function scp(sshd: Sshd, port: number, from: string, to: string): Promise<CommandResult> {
  const path = (text: string) => text.replace(/^device:/, `${sshd.user}@127.0.0.1:`);
  return must("scp", [...options(sshd), "-q", "-P", String(port), path(from), path(to)]);
}

async function must(command: string, args: string[]): Promise<CommandResult> {
  const result = await run(command, args);
  if (result.code !== 0) throw new Error(`${command} exited ${result.code}: ${result.output.trim()}`);
  return result;
}
