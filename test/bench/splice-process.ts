import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** Starts the plain relay towards a port of this machine. */
export async function startSplice(target: number): Promise<{ port: number; pid: number; stop(): void }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "plain-splice.ts"), String(target)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  if (child.pid === undefined) throw new Error("The plain relay did not start.");
  return { port: Number(said.toString()), pid: child.pid, stop: () => void child.kill() };
}
