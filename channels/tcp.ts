import type { Socket } from "node:net";
import { GenkanError } from "../protocol/error.ts";
import type { Channel, Client, DeviceSide } from "./channel.ts";
import { relay } from "./relay.ts";

/** Carries each connection of a client as one TCP connection to the device, whatever protocol runs inside. */
export class TcpChannel implements Channel {
  readonly #device: DeviceSide;

  constructor(device: DeviceSide) {
    this.#device = device;
  }

  accept(client: Client): void {
    void this.carry(client);
  }

  /** Its clients have nothing to be told on a connection; their link says why. */
  end(): void {}

  /**
   * The client is accepted once the device has answered, and refused with the code of what failed, which is recorded. One
   * record entry is written when both sides are closed; the promise resolves then and never rejects.
   */
  async carry(client: Client): Promise<void> {
    const { tap } = this.#device;
    const begun = Date.now();
    // A client that breaks off while the device is dialled is seen below.
    client.on("error", () => {});
    let socket: Socket;
    try {
      socket = await this.#device.dial();
    } catch (error) {
      const code = error instanceof GenkanError ? error.code : "internal";
      // What the list refuses is recorded there, for every protocol.
      if (code !== "target-not-listed" && code !== "session-ended") tap.refused(code);
      if (client.refuse) client.refuse(code);
      else client.destroy();
      return;
    }
    const recorded = tap.row();
    client.accept?.();
    const { up, down } = await relay(client, socket, (direction, bytes) => tap.count(direction, bytes));
    recorded({ kind: "tcp", at: new Date(begun).toISOString(), up, down, ms: Math.max(0, Date.now() - begun) });
  }
}
