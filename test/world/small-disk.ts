import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Program, root } from "../../bin/start/program.ts";
import { asRoot, wrapped } from "./wrapped.ts";

/** Fills the mount from what lay in the folder before, then keeps it there. */
const hold = `set -e
seed=$(mktemp -d) && cp -a "$1/." "$seed" && mount -t tmpfs -o "size=$2" tmpfs "$1" && cp -a "$seed/." "$1" && rm -r "$seed"
echo held && exec sleep infinity`;

/**
 * A folder on a disk of its own that is small and can be full: a tmpfs in a mount namespace that nobody else sees, so
 * nothing has to be cleaned up after a crash of the test. Programs that should see it are started by {@link program}.
 */
export class SmallDisk {
  readonly #folder: string;
  readonly #holder: ChildProcess;

  private constructor(folder: string, holder: ChildProcess) {
    this.#folder = folder;
    this.#holder = holder;
  }

  /** `folder` keeps what is in it. */
  static async start(folder: string, bytes: number): Promise<SmallDisk> {
    const alone = asRoot ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
    const holder = spawn("unshare", [...alone, "sh", "-c", hold, "sh", folder, String(bytes)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise<void>((resolve, reject) => {
      holder.stdout?.once("data", () => resolve());
      holder.once("exit", (code) => reject(new Error(`The disk was not mounted (${code}).`)));
    });
    return new SmallDisk(folder, holder);
  }

  /** The same program, on a host that has this disk. */
  program(program: Program): Program {
    const entered = asRoot ? [] : ["--user", "--preserve-credentials"];
    return wrapped(
      program,
      "nsenter",
      "--target",
      String(this.#holder.pid),
      "--mount",
      `--wd=${root}`,
      ...entered,
      "--",
    );
  }

  /** Path under which this process sees a file of the disk. */
  path(...names: string[]): string {
    return join(`/proc/${this.#holder.pid}/root`, this.#folder, ...names);
  }

  /** Takes all the space that is left. */
  fill(): void {
    const file = openSync(this.path("ballast"), "a");
    try {
      for (const bytes of [65_536, 4_096, 512, 1]) {
        try {
          for (;;) writeSync(file, Buffer.alloc(bytes));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.path("ballast"));
  }

  stop(): void {
    this.#holder.kill("SIGKILL");
  }
}
