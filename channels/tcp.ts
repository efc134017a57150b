import type { Socket } from "node:net";
import type { IncomingStream } from "../link/multiplexer.ts";
import { GenkanError } from "../protocol/error.ts";
import type { DeviceSide } from "./device.ts";
import { relay } from "./relay.ts";

/**
 * Carries one stream of the client's link as one TCP connection to the device, whatever protocol runs inside. The
 * stream is accepted once the device has answered, and refused with the code of what failed, which is recorded. One
 * record entry is written when both sides are closed; the promise resolves then and never rejects.
 */
export async function carryTcp(stream: IncomingStream, device: DeviceSide): Promise<void> {
  const begun = Date.now();
  // A client that breaks off while the device is dialled is seen below.
  stream.on("error", () => {});
  let socket: Socket;
  try {
    socket = await device.dial();
  } catch (error) {
    const code = error instanceof GenkanError ? error.code : "internal";
    // What the list refuses is recorded there, for every protocol.
    if (code !== "target-not-listed" && code !== "session-ended") device.tap.refused(code);
    stream.refuse(code);
    return;
  }
  const recorded = device.tap.open();
  stream.accept();
  const { up, down } = await relay(stream, socket, (direction, bytes) => device.tap.count(direction, bytes));
  recorded({ kind: "tcp", at: new Date(begun).toISOString(), up, down, ms: Math.max(0, Date.now() - begun) });
}
