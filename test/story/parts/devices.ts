import { join } from "node:path";
import { Program } from "../../../bin/start/program.ts";
import type { World } from "../../../bin/start/world.ts";
import { Sshd, type SshdPlace } from "./sshd.ts";

/** Names under which the story registers its own devices, beside the three samples. */
export const deviceNames = {
  sshd: "検査画像サーバー（story）",
  flood: "波形記録装置（story）",
  ventilator: "人工呼吸器（story）",
  unlisted: "未登録ポート（story）",
  quirks: "旧式の監視装置（story）",
} as const;

const startMs = 15_000;

export interface DevicesPlace extends SshdPlace {
  /** Addresses on which a sweep would find something open. */
  readonly canaries: readonly string[];
}

interface Ports {
  readonly flood: number;
  readonly ventilator: number;
  readonly unlisted: number;
  /** A web server that answers oddly, each path below a quirk's name in that quirk's way. */
  readonly quirks: number;
  /** On the devices' own address, and in the agent's own list. */
  readonly listed: number;
  /** On each address of {@link DevicesPlace.canaries}. */
  readonly canaries: readonly number[];
}

/** Real devices beside the samples: Debian's sshd, a flood, a page over https, and ports that nobody may reach, in a process of their own. */
export class Devices {
  readonly sshd: Sshd;
  readonly ports: Ports;
  readonly #address: string;
  readonly #program: Program;

  private constructor(sshd: Sshd, program: Program, address: string, ports: Ports) {
    this.sshd = sshd;
    this.ports = ports;
    this.#program = program;
    this.#address = address;
  }

  static async start(folder: string, { canaries, ...place }: DevicesPlace): Promise<Devices> {
    const program = new Program({
      name: "story-devices",
      script: join(import.meta.dirname, "device-child.ts"),
      args: ["--host", place.address, ...canaries.flatMap((address) => ["--canary", address])],
      logFolder: folder,
      launch: place.launch,
    });
    program.start();
    const { event: _, ...ports } = await program.waitFor("listening", startMs);
    const sshd = await Sshd.start(join(folder, "sshd"), place);
    return new Devices(sshd, program, place.address, ports as unknown as Ports);
  }

  /** Connections and datagrams that reached a port of this kind: none may. */
  reached(kind: "unlisted" | "canary"): number {
    return this.#program.events.filter(({ event, kind: of }) => event === "reached" && of === kind).length;
  }

  /** In the agent's own list, on its host: all but one. */
  allow(world: World): void {
    world.allow(this.sshd.port, this.ports.flood, this.ports.ventilator, this.ports.quirks, this.ports.listed);
  }

  /** At the authority, on its host. */
  async register(world: World): Promise<void> {
    const services = {
      [deviceNames.sshd]: `SSH:ssh:${this.#address}:${this.sshd.port}`,
      [deviceNames.flood]: `TCP:tcp:${this.#address}:${this.ports.flood}`,
      [deviceNames.quirks]: `HTTP:http:${this.#address}:${this.ports.quirks}`,
      [deviceNames.ventilator]: `HTTPS:https+self-signed:${this.#address}:${this.ports.ventilator}`,
      [deviceNames.unlisted]: `TCP:tcp:${this.#address}:${this.ports.unlisted}`,
    };
    for (const [name, service] of Object.entries(services)) {
      await world.askAuthority("device add", {
        "--name": name,
        "--service": service,
        "--vendor": "first",
        "--agent": "first",
      });
    }
  }

  async stop(): Promise<void> {
    await this.sshd.stop();
    await this.#program.stop();
  }
}
