import { expect, test } from "vitest";
import { limits } from "../../protocol/limits.ts";
import { startWorld } from "../component/gateway/world.ts";
import { dial, drain } from "../unit/link/sockets.ts";

test("A16: a hello without end is cut off at its limit, long before its time is up, without a byte back", async () => {
  const { gateway } = await startWorld();
  const record = Buffer.alloc(5 + 8_192);
  record.set([22, 3, 1, 0x20, 0x00]);
  const first = Buffer.from(record);
  // A ClientHello of 60 KiB begins.
  first.set([1, 0, 0xf0, 0], 5);
  const client = await dial(gateway.port);
  client.on("error", () => {});
  const started = performance.now();
  client.write(Buffer.concat([first, record, record, record]));
  expect(await drain(client)).toEqual({ bytes: Buffer.alloc(0), reset: true });
  expect(performance.now() - started).toBeLessThan(limits.peekMs / 2);
});
