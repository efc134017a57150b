import { setTimeout as sleep } from "node:timers/promises";
import { type CommandResult, run } from "./run/command.ts";

/** How long another program may hold the package manager's lock, in seconds: a large upgrade in the background. */
const lockSeconds = 900;
const againMs = 2_000;

/** What `apt-get` says of a lock that another program holds; it waits by itself for one of its locks only. */
const locked = /Could not get lock|Unable to acquire the dpkg|Unable to lock/;

export interface AptOptions {
  /** Hears that another program is waited for, once, and whatever `apt-get` says. */
  readonly tell: (text: string) => void;
  /** Before the command, such as `-o Dir::State::Lists=…`. */
  readonly options?: readonly string[];
  readonly waitSeconds?: number;
}

/**
 * Runs `apt-get` to its end, after whoever holds its lock. When this process is ended meanwhile, it is asked to stop as by a
 * person (SIGINT): it leaves off waiting and downloading at once, and finishes a package that it is unpacking.
 */
export async function aptGet(command: readonly string[], o: AptOptions): Promise<CommandResult> {
  const seconds = o.waitSeconds ?? lockSeconds;
  const until = performance.now() + seconds * 1_000;
  let told = false;
  const onOutput = (chunk: string) => {
    if (locked.test(chunk)) {
      if (!told) o.tell("another program holds the package manager's lock: waiting for it\n");
      told = true;
    } else o.tell(chunk);
  };
  const args = ["-o", `DPkg::Lock::Timeout=${seconds}`, ...(o.options ?? []), ...command];
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  for (;;) {
    const result = await run("apt-get", args, { ends: "SIGINT", environment, onOutput });
    if (result.code === 0 || !locked.test(result.output) || performance.now() > until) return result;
    await sleep(againMs);
  }
}
