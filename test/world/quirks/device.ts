import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Asked, Quirk, Refused } from "./quirk.ts";

/** Of every other path. */
const front = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfront";

/** A web server of this process that answers each path below a quirk's name in that quirk's way. */
export class QuirkDevice {
  readonly port: number;
  readonly #server: Server;
  readonly #quirks: ReadonlyMap<string, Quirk | Refused>;
  readonly #open = new Set<Socket>();
  /** Connections of each quirk, numbered as they come. */
  readonly #numbers = new Map<string, Map<Socket, number>>();

  private constructor(server: Server, quirks: readonly (Quirk | Refused)[]) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.#quirks = new Map(quirks.map((quirk) => [quirk.name, quirk]));
    server.on("connection", (socket) => this.#serve(socket));
  }

  static start(quirks: readonly (Quirk | Refused)[], host = "127.0.0.1"): Promise<QuirkDevice> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, host, () => resolve(new QuirkDevice(server, quirks)));
    });
  }

  /** Path of a quirk's page. */
  static path(name: string): string {
    return `/${encodeURIComponent(name)}/`;
  }

  /** Closes what is open, so that the next quirk begins with connections of its own. */
  hangUp(): void {
    for (const socket of this.#open) socket.destroy();
    this.#numbers.clear();
  }

  async stop(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket)).on("error", () => {});
    let bytes: Buffer = Buffer.alloc(0);
    let nth = 0;
    socket.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        const end = bytes.indexOf("\r\n\r\n");
        if (end < 0) return;
        const [line = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
        const [method = "", target = ""] = line.split(" ");
        const [, name = "", rest = ""] = /^\/([^/?]+)(.*)$/.exec(target) ?? [];
        const quirk = this.#quirks.get(decodeURIComponent(name));
        const length = Number(/^content-length: (\d+)$/im.exec(lines.join("\n"))?.[1] ?? 0);
        const early = quirk?.early === true && length > 0;
        if (!early && bytes.length < end + 4 + length) return;
        const body = bytes.subarray(end + 4, end + 4 + length);
        bytes = bytes.subarray(end + 4 + length);
        nth += 1;
        if (early) socket.pause();
        if (!quirk) return void socket.end(front);
        const host = `${socket.localAddress}:${this.port}`;
        const root = `/${name}`;
        const connection = this.#numberOf(quirk.name, socket);
        const asked: Asked = { method, target: rest, lines, body, nth, connection, host, root };
        quirk.answer(asked, socket);
        if (early) return;
      }
    });
  }

  #numberOf(name: string, socket: Socket): number {
    const numbers = this.#numbers.get(name) ?? new Map<Socket, number>();
    this.#numbers.set(name, numbers);
    const number = numbers.get(socket) ?? numbers.size + 1;
    numbers.set(socket, number);
    return number;
  }
}
