import { randomBytes } from "node:crypto";
import { expect, test, vi } from "vitest";
import { Splice } from "../../../gateway/splice.ts";
import { limits } from "../../../protocol/limits.ts";
import { tcpPair } from "../../unit/link/sockets.ts";

/** More than the kernel keeps for a client that does not read, and less than its socket is let hold. */
const answer = randomBytes(16 * 1024 * 1024);
const options = { allowHalfOpen: true, highWaterMark: 2 * answer.length };

/** Waits by turns, for time stands still. */
async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise(setImmediate);
}

test("a client that has sent its end and takes no more of the answer is cut a while after its leg has ended", async () => {
  const [near, far] = [await tcpPair(options), await tcpPair(options)];
  const leg = { stream: far.server, raw: far.server };
  let [ended, over] = [false, 0];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const head = Buffer.alloc(0);
    const splice = new Splice({ client: near.server, leg, head, frozen: false, over: () => over++ });
    leg.stream.once("close", () => (ended = true));
    near.client.end("asked").pause();
    far.client.resume().end(answer);
    await until(() => ended);
    expect([splice.up, splice.down]).toEqual([5, answer.length]);
    vi.advanceTimersByTime(limits.lingerMs - 1);
    expect([near.server.destroyed, over]).toEqual([false, 0]);
    vi.advanceTimersByTime(1);
    expect(near.server.destroyed).toBe(true);
    await until(() => over === 1);
  } finally {
    vi.useRealTimers();
  }
});
