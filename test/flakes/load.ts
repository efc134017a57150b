import type { ChildProcess } from "node:child_process";
import { cpus } from "node:os";
import { run } from "../run/command.ts";
import { spawnCommand } from "../run/group.ts";

/** The cores that load and tests share: those of the smallest machine that the tests must pass on. */
const cores = 2;

/** So many processes that compute without end. Ends by the returned function. */
export function beginLoad(processes: number): () => Promise<void> {
  const busy = Array.from({ length: processes }, () => {
    const child = spawnCommand(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
    return { child, ended: new Promise((resolve) => child.once("close", resolve)) };
  });
  return async () => {
    for (const { child } of busy) end(child);
    await Promise.all(busy.map(({ ended }) => ended));
  };
}

const end = (child: ChildProcess) => void child.kill("SIGKILL");

/** Keeps this process, and all that it starts from here on, to the first cores where the machine has more. */
export async function keepToTheCores(): Promise<void> {
  if (cpus().length <= cores) return;
  const pid = String(process.pid);
  const { code, output } = await run("taskset", ["--all-tasks", "--cpu-list", "--pid", `0-${cores - 1}`, pid]);
  if (code !== 0) throw new Error(`The tests can't be kept to ${cores} cores:\n${output}`);
}
