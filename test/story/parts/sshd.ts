import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../../bin/start/ports.ts";

export interface SshdPlace {
  readonly address: string;
  /** Command that puts it there. */
  readonly launch: readonly string[];
  /** Who it runs as, where this process is root of a user namespace only: there sshd as root can't drop its rights. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** Debian's own sshd in a folder of its own: its host key, its configuration, one user key; it trusts nothing else. */
export class Sshd {
  readonly port: number;
  readonly user: string;
  /** Private key that it lets in. */
  readonly keyFile: string;
  /** For `ssh -o UserKnownHostsFile`: the host key under the alias `device`. */
  readonly knownHosts: string;
  readonly #child: ChildProcess;
  #log = "";

  private constructor(port: number, user: string, keyFile: string, knownHosts: string, child: ChildProcess) {
    this.user = user;
    this.port = port;
    this.keyFile = keyFile;
    this.knownHosts = knownHosts;
    this.#child = child;
    child.stderr?.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
  }

  static async start(folder: string, { address, launch, user }: SshdPlace): Promise<Sshd> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = (name: string) => join(folder, name);
    for (const name of ["host_key", "user_key"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name)]);
    }
    writeFileSync(file("authorized_keys"), readFileSync(file("user_key.pub")), { mode: 0o600 });
    writeFileSync(file("known_hosts"), `device ${readFileSync(file("host_key.pub"), "utf8")}`);
    const port = await freePort();
    writeFileSync(file("sshd_config"), configuration(address, port, file));
    if (process.getuid?.() === 0 && !user) {
      // sshd as root separates privileges into this folder, and refuses to start without it.
      mkdirSync("/run/sshd", { recursive: true });
      chmodSync("/run/sshd", 0o755);
    }
    const demote = user ? ["unshare", "--user", `--map-user=${user.uid}`, `--map-group=${user.gid}`] : [];
    const [command, ...args] = [...launch, ...demote, "/usr/sbin/sshd", "-D", "-e", "-f", file("sshd_config")];
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    const name = user ? nameOf(user.uid) : userInfo().username;
    const sshd = new Sshd(port, name, file("user_key"), file("known_hosts"), child);
    await sshd.#ready();
    return sshd;
  }

  /** What it logged: whom it let in, and from where. */
  get log(): string {
    return this.#log;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null) return resolve();
      this.#child.once("exit", () => resolve());
      this.#child.kill("SIGTERM");
    });
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (this.#child.exitCode !== null) break;
      if (this.#log.includes("Server listening on")) return;
      await wait(50);
    }
    throw new Error(`sshd did not start: ${this.#log}`);
  }
}

function nameOf(uid: number): string {
  return execFileSync("getent", ["passwd", String(uid)], { encoding: "utf8" }).split(":")[0] ?? "";
}

function configuration(address: string, port: number, file: (name: string) => string): string {
  return [
    `Port ${port}`,
    `ListenAddress ${address}`,
    `HostKey ${file("host_key")}`,
    `AuthorizedKeysFile ${file("authorized_keys")}`,
    `PidFile ${file("sshd.pid")}`,
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "UsePAM no",
    // The folder lies under the system's temporary folder, which others may write.
    "StrictModes no",
    "Subsystem sftp internal-sftp",
    "LogLevel VERBOSE",
    "",
  ].join("\n");
}
