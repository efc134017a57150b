import { createServer } from "node:net";
import { message, StartError } from "./message.ts";

/** Ports of one world, all on 127.0.0.1. They are chosen once: passkeys and links carry them. */
export interface Ports {
  readonly public: number;
  readonly staff: number;
  readonly nurseCall: number;
  readonly vitalMonitor: number;
  readonly infusionPump: number;
}

/** Ports that a person may have in mind; those that are taken or not named are any free ones. */
export async function choosePorts(wished: { readonly public?: number; readonly staff?: number }): Promise<Ports> {
  const free = async (wish?: number) => (wish !== undefined && (await isFree(wish)) ? wish : await freePort());
  return {
    public: await free(wished.public),
    staff: await free(wished.staff),
    nurseCall: await freePort(),
    vitalMonitor: await freePort(),
    infusionPump: await freePort(),
  };
}

/** Throws a {@link StartError} that names the first port in use. */
export async function checkPorts(ports: Ports, dataFolder: string): Promise<void> {
  for (const port of Object.values(ports)) {
    if (await isFree(port)) continue;
    throw new StartError(
      message(
        `ポート ${port} は他のプログラムが使っています。そのプログラム（前回の Genkan かもしれません）を終了するか、npm start -- --fresh --port 別の番号 で新しく始めてください。設定は ${dataFolder}/start.json にあります。`,
        `Port ${port} is taken by another program. End that one (an earlier Genkan, perhaps), or begin anew with npm start -- --fresh --port OTHER. The ports stand in ${dataFolder}/start.json.`,
      ),
    );
  }
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  return (await tryListen(0)) ?? Promise.reject(new Error("No port is free on 127.0.0.1."));
}

const isFree = async (port: number) => (await tryListen(port)) !== undefined;

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ host: "127.0.0.1", port }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : undefined));
    });
  });
}
