import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface ScanOrder {
  readonly address: string;
  readonly ports: readonly number[];
  /** A port that has said nothing for as long is silent. The way is a few microseconds long. */
  readonly waitMs?: number;
}

export const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);
export const everyPort = upTo(65_535);

const atOnce = 4_096;
const datagramsAtOnce = 64;
const usualWaitMs = 200;

/** Tries a TCP connection to each port. */
export async function scanTcp(
  order: ScanOrder,
): Promise<{ tried: number; open: number[]; refused: number; silent: number }> {
  const { address, ports, waitMs = usualWaitMs } = order;
  const open: number[] = [];
  let [refused, silent, next] = [0, 0, 0];
  const work = async () => {
    for (let port = ports[next++]; port !== undefined; port = ports[next++]) {
      const answer = await knockAt(address, port, waitMs);
      if (answer === "open") open.push(port);
      else if (answer === "refused") refused += 1;
      else silent += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { tried: ports.length, open: open.toSorted((a, b) => a - b), refused, silent };
}

function knockAt(host: string, port: number, waitMs: number): Promise<"open" | "refused" | "silent"> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (answer: "open" | "refused" | "silent") => {
      clearTimeout(timer);
      // Reset, or as many sockets as there are ports would stay behind in TIME-WAIT.
      if (answer === "open") socket.resetAndDestroy();
      else socket.destroy();
      resolve(answer);
    };
    // What has arrived meanwhile is looked at first: with so many at once the loop itself may be late.
    const timer = setTimeout(() => setImmediate(() => settle("silent")), waitMs);
    // On the scanned host itself a connection may meet itself (RFC 9293, simultaneous open): nobody listens there.
    socket.once("connect", () => settle(socket.localPort === port ? "refused" : "open"));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => settle(code === "ECONNREFUSED" ? "refused" : "silent"));
  });
}

/** Sends a datagram to each port; `answered` are those that sent one back. */
export async function scanUdp(order: ScanOrder): Promise<{ tried: number; answered: number[] }> {
  const { address, ports, waitMs = usualWaitMs } = order;
  const socket = createSocket("udp4");
  const answered = new Set<number>();
  socket.on("message", (_, from) => answered.add(from.port));
  socket.on("error", () => {});
  const send = (port: number) =>
    new Promise<void>((resolve, reject) => {
      socket.send("genkan", port, address, (error) => (error ? reject(error) : resolve()));
    });
  for (let at = 0; at < ports.length; at += datagramsAtOnce)
    await Promise.all(ports.slice(at, at + datagramsAtOnce).map(send));
  await sleep(waitMs);
  socket.close();
  return { tried: ports.length, answered: [...answered].toSorted((a, b) => a - b) };
}
