import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

export interface KnockOrder {
  readonly address: string;
  readonly port: number;
  /** First bytes: a ClientHello with this name (none for ""), or this text as it is. */
  readonly hello?: string;
  readonly text?: string;
}

/** What a stranger got: bytes at the socket, bytes of what TLS protects, and how it ended. */
export interface Knocked {
  readonly bytes: number;
  readonly insideTls: number;
  readonly end: "reset" | "closed" | "silent" | "unreachable";
}

const waitMs = 10_000;

/** One after the other. */
export async function knockAll(orders: readonly KnockOrder[]): Promise<Knocked[]> {
  const all: Knocked[] = [];
  for (const order of orders) all.push(await knock(order));
  return all;
}

/** Connects without any key, says something, and tells what came back. */
function knock({ address, port, hello, text }: KnockOrder): Promise<Knocked> {
  return new Promise((resolve) => {
    let insideTls = 0;
    let connected = false;
    const socket = connect({ host: address, port });
    const settle = (end: Knocked["end"]) => {
      clearTimeout(timer);
      resolve({ bytes: socket.bytesRead, insideTls, end: connected ? end : "unreachable" });
      socket.destroy();
    };
    const timer = setTimeout(() => settle("silent"), waitMs);
    // Node gives a plain end during the handshake the same code, but no system call.
    const failed = ({ code, syscall }: NodeJS.ErrnoException) =>
      settle(code === "ECONNRESET" && syscall === "read" ? "reset" : "closed");
    socket.once("error", failed);
    socket.once("close", () => settle("closed"));
    socket.once("connect", () => {
      connected = true;
      if (hello === undefined) {
        socket.resume().write(text ?? "");
        return;
      }
      const tls = overTls(socket, hello);
      tls.once("error", failed);
      tls.once("end", () => settle("closed"));
      tls.on("data", (chunk: Buffer) => (insideTls += chunk.length));
    });
  });
}

/** No certificate is checked: whoever knocks wants to know what comes back at all. */
function overTls(socket: Socket, servername: string): TLSSocket {
  const tls = connectTls({ socket, servername, rejectUnauthorized: false });
  tls.once("secureConnect", () => tls.write(`GET / HTTP/1.1\r\nHost: ${servername}\r\n\r\n`));
  return tls;
}
