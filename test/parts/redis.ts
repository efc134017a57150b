import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis as Client } from "ioredis";
import { folderOf, said, spawnAs, userOf } from "./unprivileged.ts";

const password = "wrong-mule-capacitor";
const startMs = 10_000;

/** A real Redis server in a folder of its own, reached over its socket with a password. It keeps nothing. */
export class Redis {
  readonly #user = userOf("redis");
  readonly #folder = folderOf(this.#user, "redis");
  #server: { child: ChildProcess; ended: Promise<unknown>; text: () => string } | undefined;

  static async start(): Promise<Redis> {
    const redis = new Redis();
    await redis.begin();
    return redis;
  }

  get url(): string {
    return `redis://:${password}@${encodeURIComponent(this.#socket)}`;
  }

  async begin(): Promise<void> {
    const { path } = this.#folder;
    const input = Object.entries({
      port: "0",
      unixsocket: this.#socket,
      unixsocketperm: "777",
      requirepass: password,
      save: '""',
      dir: path,
    })
      .map((setting) => `${setting.join(" ")}\n`)
      .join("");
    // Its settings come over standard input, so the password stands in no argument.
    const child = spawnAs(this.#user, "SIGKILL", ["/usr/bin/redis-server", "-"], { cwd: path, input });
    this.#server = { child, ...said(child) };
    for (const until = performance.now() + startMs; ; await sleep(10)) {
      const up = await this.ask("ping").then(
        () => true,
        () => false,
      );
      if (up) return;
      if (child.exitCode !== null || performance.now() > until) throw new Error(`redis: ${this.#server.text()}`);
    }
  }

  /** One command over a connection of its own. */
  async ask(command: string, ...args: string[]): Promise<unknown> {
    const client = new Client({ path: this.#socket, password, lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => {});
    try {
      await client.connect();
      return await client.call(command, ...args);
    } finally {
      client.disconnect();
    }
  }

  async crash(): Promise<void> {
    this.#server?.child.kill("SIGKILL");
    await this.#server?.ended;
    this.#server = undefined;
  }

  /** Stands still: connections stay open and nobody answers. */
  pause(): void {
    this.#server?.child.kill("SIGSTOP");
  }

  resume(): void {
    this.#server?.child.kill("SIGCONT");
  }

  async remove(): Promise<void> {
    await this.crash();
    this.#folder.remove();
  }

  get #socket(): string {
    return join(this.#folder.path, "redis.sock");
  }
}
