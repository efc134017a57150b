import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";

const listenAndTell = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
  console.log(this.address().port);
})`;

/** A host that has hung: its port is open, but nobody takes connections any more and its queue is full. */
export class Unanswering {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #queued: Socket[];

  private constructor(port: number, child: ChildProcess, queued: Socket[]) {
    this.port = port;
    this.#child = child;
    this.#queued = queued;
  }

  static async start(): Promise<Unanswering> {
    const child = spawn(process.execPath, ["-e", listenAndTell], { stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<number>((resolve) => {
      child.stdout?.once("data", (chunk: Buffer) => resolve(Number(chunk.toString())));
    });
    child.kill("SIGSTOP");
    const queued = Array.from({ length: 8 }, () => connect({ port, host: "127.0.0.1" }).on("error", () => {}));
    await new Promise((resolve) => setTimeout(resolve, 200));
    return new Unanswering(port, child, queued);
  }

  stop(): void {
    for (const socket of this.#queued) socket.destroy();
    this.#child.kill("SIGKILL");
  }
}
