import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Bytes that went each way. */
export interface Relayed {
  readonly up: number;
  readonly down: number;
}

/**
 * Joins a client's stream and a device's socket until both are closed. Ends travel on their own in each direction; when
 * one side breaks off, the other is broken too (the device by a reset), so that half a transfer never looks whole.
 * Nothing is held beyond the streams' own buffers: a slow reader stops the sender. `passed` hears of every chunk.
 */
export function relay(
  client: Duplex,
  device: Socket,
  passed: (direction: "up" | "down", bytes: number) => void,
): Promise<Relayed> {
  const total = { up: 0, down: 0 };
  const count = (direction: "up" | "down") => (bytes: number) => {
    total[direction] += bytes;
    passed(direction, bytes);
  };
  return new Promise((resolve) => {
    let open = 2;
    const closed = () => {
      open -= 1;
      if (open === 0) resolve(total);
    };
    client.once("close", () => {
      if (!device.destroyed && !(client.readableEnded && device.writableEnded)) reset(device);
      closed();
    });
    device.once("close", () => {
      if (!client.destroyed && !(device.readableEnded && client.writableEnded)) client.destroy();
      closed();
    });
    // Both report the same again as "close".
    client.on("error", () => {});
    device.on("error", () => {});
    if (client.destroyed) return reset(device, closed);
    pump(client, device, count("up"));
    pump(device, client, count("down"));
  });
}

function pump(from: Duplex, to: Duplex, count: (bytes: number) => void): void {
  from.on("data", (chunk: Buffer) => {
    count(chunk.length);
    if (to.writable && !to.write(chunk)) {
      from.pause();
      to.once("drain", () => from.resume());
    }
  });
  // An end that came before is not told again.
  if (from.readableEnded) to.end();
  else from.once("end", () => to.end());
}

function reset(socket: Socket, done?: () => void): void {
  socket.resetAndDestroy();
  done?.();
}
