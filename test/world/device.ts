import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** What a device does with a connection. */
export type Behaviour = (socket: Socket) => void;

type BehaviourName = "echo" | "hang" | "breakOff" | "halfClose" | "endlessPage" | "endlessHead" | "flood";

const chunk = Buffer.alloc(65_536, "genkan flood ");

export const behaviours: Readonly<Record<BehaviourName, Behaviour>> = {
  /** Gives back what it gets. */
  echo: (socket) => void socket.pipe(socket),
  /** Takes everything and says nothing. */
  hang: (socket) => void socket.resume(),
  /** Sends half of what it announced, and breaks off. */
  breakOff: (socket) => void socket.write("1000 bytes follow\r\nhalf", () => socket.resetAndDestroy()),
  /** Says that it has no more to say, and still listens. */
  halfClose: (socket) => {
    socket.end("done");
    socket.resume();
  },
  /** A page that has no end. */
  endlessPage: (socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n");
      behaviours.flood(socket);
    });
  },
  /** A head that has no end. */
  endlessHead: (socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const pour = () => {
        while (!socket.destroyed && socket.write(`x-more: ${"a".repeat(1_000)}\r\n`));
      };
      socket.on("drain", pour);
      pour();
    });
  },
  /** Sends as fast as it may, for ever, and reads nothing. */
  flood: (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on("drain", pour);
    pour();
  },
};

/** A device of this process, whose connections a test can count. */
export class Device {
  readonly port: number;
  behave: Behaviour;
  /** Connections that it ever took. */
  taken = 0;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server, port: number, behave: Behaviour) {
    this.#server = server;
    this.port = port;
    this.behave = behave;
    server.on("connection", (socket) => {
      this.taken += 1;
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
      // A cut arrives as a reset.
      socket.on("error", () => {});
      this.behave(socket);
    });
  }

  static start(behave: Behaviour = behaviours.echo): Promise<Device> {
    const server = createServer({ allowHalfOpen: true });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(new Device(server, (server.address() as AddressInfo).port, behave)));
    });
  }

  /** Connections that it has now. */
  get connections(): number {
    return this.#open.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
