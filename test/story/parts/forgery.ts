import type { NativeClient } from "./native-client.ts";
import { until } from "./wait.ts";

/** Something that a native client sends in its session, in the hope that the agent dials what it names. */
export interface Forgery {
  readonly name: string;
  /** Whether it is no frame of the protocol, so that the agent ends the link. */
  readonly breaks: boolean;
  readonly send: (client: NativeClient) => void;
}

const waitMs = 10_000;

export function forgeries(target: string): readonly Forgery[] {
  const [address = "", port = ""] = target.split(":");
  // RFC 1928, sections 3 and 4: no authentication, then CONNECT to an IPv4 address.
  const socks = Buffer.from([
    5,
    1,
    0,
    5,
    1,
    0,
    1,
    ...address.split(".").map(Number),
    Number(port) >> 8,
    Number(port) & 255,
  ]);
  const inStream = (name: string, bytes: Buffer | string): Forgery => ({
    name,
    breaks: false,
    send: (client) => {
      client.send("OPEN", 1);
      client.send("DATA", 1, Buffer.concat([Buffer.from(bytes), Buffer.from("\r\n")]));
    },
  });
  return [
    { name: "OPEN that names a target", breaks: true, send: (client) => client.send("OPEN", 1, target) },
    { name: "OPEN of the agent's own half", breaks: true, send: (client) => client.send("OPEN", 2) },
    { name: "OPEN of the link itself", breaks: true, send: (client) => client.send("OPEN", 0, target) },
    { name: "DATA to a stream that was never opened", breaks: true, send: (client) => client.send("DATA", 3, target) },
    { name: "OPENED, as if it were the agent", breaks: true, send: (client) => client.send("OPENED", 1) },
    inStream("SOCKS inside a stream", socks),
    inStream("CONNECT inside a stream", `CONNECT ${target} HTTP/1.1`),
  ];
}

/** Sends it and waits for its end: the link's, or what the granted device says to it. */
export async function forge(client: NativeClient, { name, breaks, send }: Forgery): Promise<string> {
  send(client);
  if (breaks) {
    await until(`end of the link after ${name}`, waitMs, () => client.over);
    return "";
  }
  return until(`the device's answer to ${name}`, waitMs, () => /5\d\d [^\r\n]+/.exec(client.text)?.[0]);
}
