import type { Socket } from "node:net";
import type { DeviceSide } from "./channel.ts";
import { type Fields, listOf, valuesOf } from "./http-field.ts";

/** What is known of a device's way with connections, for one session. */
export interface Habits {
  /** It answers more than one request on a connection. */
  keeps: boolean;
}

/** Ways of signing in that hold for a connection and not for a request (RFC 4559 and NTLM). */
const connectionSignIns = /^(ntlm|negotiate)\b/i;

/** Whether a device asks for a sign-in of the connection, or a browser brings one. */
export function signsInConnection(fields: Fields): boolean {
  const asked = [...valuesOf(fields, "www-authenticate"), ...listOf(fields, "www-authenticate")];
  return [...asked, ...valuesOf(fields, "authorization")].some((value) => connectionSignIns.test(value.trim()));
}

/**
 * The way of one browser's connection to the device. At most one device connection waits for its next request, and no
 * other browser's connection ever gets that one: a device may take it for whoever signed in on it.
 */
export class DeviceLine {
  readonly #device: DeviceSide;
  readonly #habits: Habits;
  #waiting: Socket | undefined;
  #bound: Socket | undefined;
  #closed = false;

  constructor(device: DeviceSide, habits: Habits) {
    this.#device = device;
    this.#habits = habits;
  }

  /** Somebody has signed in on this device connection, or begins to. */
  isBound(socket: Socket | undefined): boolean {
    return socket !== undefined && this.#bound === socket;
  }

  /** The device connection that waits, if it may be used again and this request may; a new one otherwise. */
  async take(again: boolean): Promise<{ socket: Socket; used: boolean }> {
    const waiting = this.#waiting;
    if (waiting && (this.isBound(waiting) || (again && this.#habits.keeps))) {
      this.#waiting = undefined;
      waiting.pause();
      waiting.off("data", this.#drop).off("end", this.#drop).off("close", this.#drop);
      return { socket: waiting, used: true };
    }
    // Some devices hear one connection at a time.
    if (!this.isBound(waiting)) this.#drop();
    return { socket: await this.#device.dial(), used: false };
  }

  /** A request that went on a used connection was not answered, and may be sent once more on a new one. */
  disappointed(): void {
    this.#habits.keeps = false;
  }

  /** Nothing is under way on it: it waits for the next request, unless another one does already. */
  keep(socket: Socket, bound: boolean): void {
    const wanted = bound || (this.#habits.keeps && !this.#waiting);
    if (this.#closed || socket.destroyed || !wanted) return void socket.destroy();
    this.#waiting?.destroy();
    this.#waiting = socket;
    if (bound) this.#bound = socket;
    // A device that speaks unasked (408, or the rest of an answer) or ends is not asked again there.
    socket.on("data", this.#drop).on("end", this.#drop).on("close", this.#drop).resume();
  }

  /** The browser's connection is over. */
  close(): void {
    this.#closed = true;
    this.#drop();
  }

  readonly #drop = () => {
    this.#waiting?.destroy();
    this.#waiting = undefined;
  };
}
