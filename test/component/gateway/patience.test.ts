import { expect, test } from "vitest";
import { limits } from "../../../protocol/limits.ts";
import { dial, drain, realHello } from "../../unit/link/sockets.ts";
import { startWorld } from "./world.ts";

test("who names nothing, or a name that nobody inside serves, is reset after its time without a byte back", async () => {
  const world = await startWorld();
  const session = await world.session(await world.connect());
  const wait = async (bytes: Buffer) => {
    const started = performance.now();
    const client = await dial(world.gateway.port);
    client.write(bytes);
    expect(await drain(client)).toEqual({ bytes: Buffer.alloc(0), reset: true });
    return performance.now() - started;
  };
  const waits = await Promise.all([wait(Buffer.from([22, 3, 1])), wait(await realHello({ servername: session.host }))]);
  for (const [index, due] of [limits.peekMs, limits.legWaitMs].entries()) {
    // A timer may be a little early by another clock; how late it is, says how busy the machine is.
    expect(waits[index]).toBeGreaterThan(due - 10);
  }
});
