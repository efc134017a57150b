import { expect, test } from "vitest";
import { limits } from "../../../protocol/limits.ts";
import { dial, drain, realHello } from "../../unit/link/sockets.ts";
import { startWorld } from "./world.ts";

test("who names nothing, or a name that nobody inside serves, is reset after its time without a byte back", {
  timeout: 15_000,
}, async () => {
  const world = await startWorld();
  const session = await world.session(await world.connect());
  const wait = async (bytes: Buffer) => {
    const client = await dial(world.gateway.port);
    client.write(bytes);
    const started = performance.now();
    expect(await drain(client)).toEqual({ bytes: Buffer.alloc(0), reset: true });
    return performance.now() - started;
  };
  const waits = await Promise.all([wait(Buffer.from([22, 3, 1])), wait(await realHello({ servername: session.host }))]);
  for (const [index, due] of [limits.peekMs, limits.legWaitMs].entries()) {
    expect(waits[index]).toBeGreaterThan(due - 100);
    expect(waits[index]).toBeLessThan(due + 2_500);
  }
});
