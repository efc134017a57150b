import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { constants } from "node:os";

/** How long a child is given to end by itself, its own children with it; in milliseconds. */
const graceMs = 5_000;

interface Group {
  readonly child: ChildProcess;
  readonly ends: NodeJS.Signals;
}

const alive = new Set<Group>();
let mine = false;
let ending = false;

/**
 * From here on each command that this process runs is the head of a process group, and ends with this process when a signal
 * ends it: those that it started as well, however deep. For programs that a person starts; what they start stays in their
 * group.
 */
export function endCommandsWithThis(): void {
  mine = true;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void endAll(signal));
}

/** Like `spawn`; `ends` is what asks it to end, SIGTERM unless told. */
export function spawnCommand(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  ends: NodeJS.Signals = "SIGTERM",
): ChildProcess {
  const child = spawn(command, args, { ...options, detached: mine });
  if (!mine) return child;
  const group = { child, ends };
  alive.add(group);
  child.once("close", () => alive.delete(group));
  // One that was started while the others end.
  if (ending) signalGroup(group, ends);
  return child;
}

async function endAll(signal: NodeJS.Signals): Promise<void> {
  if (ending) return;
  ending = true;
  const closed = [...alive].map(({ child }) => new Promise((resolve) => child.once("close", resolve)));
  for (const group of alive) signalGroup(group, group.ends);
  const late = setTimeout(() => {
    // Whoever takes another signal than SIGTERM has something to finish that must not be torn: it is waited for.
    for (const group of alive) if (group.ends === "SIGTERM") signalGroup(group, "SIGKILL");
  }, graceMs);
  await Promise.all(closed);
  clearTimeout(late);
  process.exit(128 + constants.signals[signal]);
}

function signalGroup({ child }: Group, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of it is left.
  }
}
