import { describe, expect, test } from "vitest";
import { limits } from "../../../protocol/limits.ts";
import { dial, drain, realHello } from "../link/sockets.ts";
import { startWorld } from "./world.ts";

describe("a connection that waits", () => {
  test("is reset without a byte back when it is too slow", { timeout: 15_000 }, async () => {
    const world = await startWorld();
    const client = await dial(world.gateway.port);
    client.write(Buffer.from([22, 3, 1]));
    const started = performance.now();
    expect(await drain(client)).toEqual({ bytes: Buffer.alloc(0), reset: true });
    const ms = performance.now() - started;
    expect([ms > limits.peekMs - 100, ms < limits.peekMs + 1_500]).toEqual([true, true]);
  });

  test("is reset when nobody inside takes it", { timeout: 15_000 }, async () => {
    const world = await startWorld();
    const session = await world.session(await world.connect());
    const client = await dial(world.gateway.port);
    client.write(await realHello({ servername: session.host }));
    const started = performance.now();
    expect(await drain(client)).toEqual({ bytes: Buffer.alloc(0), reset: true });
    expect(performance.now() - started).toBeGreaterThan(limits.legWaitMs - 100);
  });
});
