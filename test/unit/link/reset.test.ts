import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { resetNow } from "../../../link/reset.ts";
import { drain, serve, settled, tcpPair, until } from "./sockets.ts";

describe("a cut", () => {
  test("resets, so that what waits for a slow reader never arrives", async () => {
    const { client, server } = await tcpPair();
    // Fill both kernels' buffers, and then our own.
    while (server.write(Buffer.alloc(65_536)));
    for (let turn = 0; turn < 100; turn++) server.write(Buffer.alloc(65_536));
    const inKernels = await settled(() => server.bytesWritten - server.writableLength);
    expect(inKernels).toBeGreaterThan(1_000_000);
    resetNow(server);
    const { bytes, reset } = await drain(client);
    expect(reset).toBe(true);
    // Only what the reader's own kernel held may still arrive, not what waited in the sender's.
    expect(bytes.length).toBeLessThan(inKernels / 2);
  });

  test("is safe on sockets that are closed, closing, connecting, or cut already", async () => {
    const { client, server } = await tcpPair();
    const port = await serve(() => {});
    const connecting = connect({ port, host: "127.0.0.1" });
    resetNow(client, connecting);
    resetNow(client, connecting);
    await drain(server);
    resetNow(server);
    server.destroy();
    resetNow(server);
    expect([client.destroyed, server.destroyed, connecting.destroyed]).toEqual([true, true, true]);
    await until(() => client.closed && server.closed && connecting.closed);
  });
});
