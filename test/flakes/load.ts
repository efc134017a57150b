import type { ChildProcess } from "node:child_process";
import { cpus } from "node:os";
import { spawnCommand } from "../run/group.ts";

/** The cores that load and tests share: those of the smallest machine that the tests must pass on. */
const cores = 2;

/** So many processes that compute without end, on the cores that the tests get. Ends by the returned function. */
export function beginLoad(processes: number): () => Promise<void> {
  const busy = Array.from({ length: processes }, () => {
    const [command = "", ...args] = onTheCores([process.execPath, "-e", "for (;;);"]);
    const child = spawnCommand(command, args, { stdio: "ignore" });
    return { child, ended: new Promise((resolve) => child.once("close", resolve)) };
  });
  return async () => {
    for (const { child } of busy) end(child);
    await Promise.all(busy.map(({ ended }) => ended));
  };
}

const end = (child: ChildProcess) => void child.kill("SIGKILL");

/** The same command, kept to the first cores where the machine has more. */
export const onTheCores = (command: readonly string[]): readonly string[] =>
  cpus().length > cores ? ["taskset", "--cpu-list", `0-${cores - 1}`, ...command] : command;
