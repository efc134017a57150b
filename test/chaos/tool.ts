import { connect, type Socket } from "node:net";
import { limits } from "../../protocol/limits.ts";
import type { Random } from "../fuzz/random.ts";
import { sleep, until } from "../story/parts/wait.ts";
import type { Tunnel } from "../world/tunnel.ts";
import { line } from "./counting-device.ts";
import type { Story } from "./history.ts";

const mostConnections = 3;

interface Line {
  readonly socket: Socket;
  /** Said and not echoed yet. */
  unheard: string;
  said: number;
}

/** A technician's tool at the near end of a tunnel: some connections, on which it says numbered lines now and then. */
export class Tool {
  readonly story: Story;
  readonly tunnel: Tunnel;
  /** The link is over. */
  over = false;
  /** An echo that was not what had been said. */
  misheard: string | null = null;
  readonly #random: Random;
  readonly #lines = new Set<Line>();

  constructor(story: Story, tunnel: Tunnel, random: Random) {
    this.story = story;
    this.tunnel = tunnel;
    this.#random = random;
    void tunnel.ended.then(() => {
      this.over = true;
      for (const { socket } of this.#lines) socket.destroy();
    });
    this.#open();
  }

  get connections(): number {
    return this.#lines.size;
  }

  /** Says something, or opens or closes a connection. */
  act(): void {
    if (this.over) return;
    const lines = [...this.#lines];
    const turn = this.#random.below(20);
    if (lines.length === 0 || (turn === 0 && lines.length < mostConnections)) this.#open();
    else if (turn === 1 && lines.length > 1) this.#random.of(lines).socket.end();
    else this.#say(this.#random.of(lines), this.#random.once(10) ? 20_000 : this.#random.below(500));
  }

  /** Whether all that was said comes back, and one line more. */
  async answers(): Promise<boolean> {
    if (this.#lines.size === 0) this.#open();
    for (const each of this.#lines) this.#say(each, 1);
    const heard = () => [...this.#lines].every(({ unheard }) => unheard === "");
    return until("echo", limits.deviceDialMs, () => this.over || heard()).then(
      () => !this.over && this.misheard === null,
      () => false,
    );
  }

  /** Leaves, as somebody who closes the program. */
  async close(): Promise<void> {
    this.tunnel.close();
    await Promise.race([this.tunnel.ended, sleep(limits.controlCloseMs)]);
  }

  #open(): void {
    const each: Line = { socket: connect({ port: this.tunnel.port, host: "127.0.0.1" }), unheard: "", said: 0 };
    this.#lines.add(each);
    this.story.opened += 1;
    each.socket.on("error", () => {});
    each.socket.once("close", () => this.#lines.delete(each));
    each.socket.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      if (!each.unheard.startsWith(text)) this.misheard ??= text.slice(0, 80);
      each.unheard = each.unheard.slice(text.length);
    });
    this.#say(each, 1);
  }

  #say(to: Line, filling: number): void {
    if (to.socket.destroyed || to.socket.writableEnded) return;
    const text = line(this.story.session, this.story.opened, to.said, filling);
    to.said += 1;
    to.unheard += text;
    this.story.sent += text.length;
    to.socket.write(text);
  }
}
