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

/** The public port of a first start where nobody names one; the staff pages take the next one. */
const usualPort = 7443;

/** Ports for a first start: the named public one, or the usual one if it is free; any free ones for the rest. */
export async function choosePorts(named?: number): Promise<Ports> {
  const taken = new Set<number>();
  const choose = async (wish?: number): Promise<number> => {
    const port = wish !== undefined && !taken.has(wish) && (await isFree(wish)) ? wish : await freePort();
    if (taken.has(port)) return choose();
    taken.add(port);
    return port;
  };
  if (named !== undefined) taken.add(named);
  return {
    public: named ?? (await choose(usualPort)),
    staff: await choose((named ?? usualPort) + 1),
    nurseCall: await choose(),
    vitalMonitor: await choose(),
    infusionPump: await choose(),
  };
}

/** Throws a {@link StartError} that names the first port in use. */
export async function checkPorts(ports: Ports, dataFolder: string): Promise<void> {
  for (const port of Object.values(ports)) {
    if (await isFree(port)) continue;
    throw new StartError(
      message(
        `ポート ${port} は他のプログラムが使っています。そのプログラムを終了するか、npm start -- --fresh --port 別の番号 で新しく始めてください。設定は ${dataFolder}/start.json にあります。`,
        `Port ${port} is taken by another program. End that one, or begin anew with npm start -- --fresh --port OTHER. The ports stand in ${dataFolder}/start.json.`,
      ),
    );
  }
}

/** Below what systems give to outgoing connections, one of which might take a port before it is listened on. */
const lowest = 20_000;
const highest = 32_767;
const range = highest - lowest + 1;
/** Each that is asked for is another one, though nobody listens on the ones before yet. */
let last = Math.floor(Math.random() * range);

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < range; i++) {
    last = (last + 1) % range;
    const port = lowest + last;
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${lowest} to ${highest} is free on 127.0.0.1.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host: "127.0.0.1", port }, () => server.close(() => resolve(true)));
  });
}
