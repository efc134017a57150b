import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../../bin/start/ports.ts";

/** Debian's own sshd in a folder of its own: its host key, its configuration, one user key; it trusts nothing else. */
export class Sshd {
  readonly port: number;
  readonly user = userInfo().username;
  /** Private key that it lets in. */
  readonly keyFile: string;
  /** For `ssh -o UserKnownHostsFile`: the host key under the alias `device`. */
  readonly knownHosts: string;
  readonly #child: ChildProcess;
  #log = "";

  private constructor(port: number, keyFile: string, knownHosts: string, child: ChildProcess) {
    this.port = port;
    this.keyFile = keyFile;
    this.knownHosts = knownHosts;
    this.#child = child;
    child.stderr?.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
  }

  static async start(folder: string): Promise<Sshd> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = (name: string) => join(folder, name);
    for (const name of ["host_key", "user_key"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file(name)]);
    }
    writeFileSync(file("authorized_keys"), readFileSync(file("user_key.pub")), { mode: 0o600 });
    writeFileSync(file("known_hosts"), `device ${readFileSync(file("host_key.pub"), "utf8")}`);
    const port = await freePort();
    writeFileSync(file("sshd_config"), configuration(port, file));
    if (process.getuid?.() === 0) {
      // sshd as root separates privileges into this folder, and refuses to start without it.
      mkdirSync("/run/sshd", { recursive: true });
      chmodSync("/run/sshd", 0o755);
    }
    const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", file("sshd_config")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const sshd = new Sshd(port, file("user_key"), file("known_hosts"), child);
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
      if (await answers(this.port)) return;
      await wait(50);
    }
    throw new Error(`sshd did not start: ${this.#log}`);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function configuration(port: number, file: (name: string) => string): string {
  return [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
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
