import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "../../bin/start/program.ts";
import { asRoot, wrapped } from "./wrapped.ts";

const bind = `mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/resolv.conf && shift 2 && exec "$@"`;

/** Hosts whose name servers are gone: what they resolve is what stands in a file of their own. */
export class NoNames {
  readonly #hosts: string;
  readonly #resolver: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#hosts = join(folder, "hosts");
    this.#resolver = join(folder, "resolv.conf");
    writeFileSync(this.#hosts, "");
    // Nobody answers there, and says so at once.
    writeFileSync(this.#resolver, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
  }

  /** The same program, on such a host. */
  program(program: Program): Program {
    const alone = asRoot ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
    return wrapped(program, "unshare", ...alone, "sh", "-c", bind, "sh", this.#hosts, this.#resolver);
  }

  /** From now on this name is known. */
  add(name: string, address: string): void {
    writeFileSync(this.#hosts, `${address} ${name}\n`, { flag: "a" });
  }
}
