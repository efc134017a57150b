import { expect, test } from "vitest";
import { silentProgramLog } from "../../protocol/program-log.ts";
import { startWorld } from "../component/gateway/world.ts";
import { dial, drain } from "../unit/link/sockets.ts";

test("A16: a hello without end is cut off at its limit, and not when its time is up, without a byte back", async () => {
  const told: unknown[] = [];
  const { gateway } = await startWorld({ log: { ...silentProgramLog, debug: (of) => void told.push(of) } });
  const record = Buffer.alloc(5 + 8_192);
  record.set([22, 3, 1, 0x20, 0x00]);
  const first = Buffer.from(record);
  // A ClientHello of 60 KiB begins.
  first.set([1, 0, 0xf0, 0], 5);
  const client = await dial(gateway.port);
  client.on("error", () => {});
  client.write(Buffer.concat([first, record, record, record]));
  expect(await drain(client)).toEqual({ bytes: Buffer.alloc(0), reset: true });
  await expect.poll(() => told).toEqual([{ event: "gateway.connection.reset", code: "frame-too-large" }]);
});
