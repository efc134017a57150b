import { createServer, type Server } from "node:net";
import { join } from "node:path";
import type { World } from "../../../bin/start/world.ts";
import { Flood } from "./flood.ts";
import { Sshd } from "./sshd.ts";

/** Names under which the story registers its own devices, beside the three samples. */
export const deviceNames = {
  sshd: "検査画像サーバー（story）",
  flood: "波形記録装置（story）",
  unlisted: "未登録ポート（story）",
} as const;

/** Real devices beside the samples: Debian's sshd, a flood, and one that the agent's own list does not name. */
export class Devices {
  readonly sshd: Sshd;
  readonly flood: Flood;
  readonly #unlisted: Server;
  /** Connections that reached the unlisted one: none may. */
  unlistedConnections = 0;

  private constructor(sshd: Sshd, flood: Flood, unlisted: Server) {
    this.sshd = sshd;
    this.flood = flood;
    this.#unlisted = unlisted;
    unlisted.on("connection", (socket) => {
      this.unlistedConnections += 1;
      socket.destroy();
    });
  }

  static async start(folder: string): Promise<Devices> {
    const sshd = await Sshd.start(join(folder, "sshd"));
    const unlisted = createServer();
    await new Promise<void>((resolve) => unlisted.listen(0, "127.0.0.1", resolve));
    return new Devices(sshd, await Flood.start(), unlisted);
  }

  /** In the agent's own list, on its host: all but one. */
  allow(world: World): void {
    world.allow(this.sshd.port, this.flood.port);
  }

  /** At the authority, on its host. */
  async register(world: World): Promise<void> {
    const { port } = this.#unlisted.address() as { port: number };
    const services = {
      [deviceNames.sshd]: `SSH:ssh:127.0.0.1:${this.sshd.port}`,
      [deviceNames.flood]: `TCP:tcp:127.0.0.1:${this.flood.port}`,
      [deviceNames.unlisted]: `TCP:tcp:127.0.0.1:${port}`,
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
    await this.flood.stop();
    await new Promise((resolve) => this.#unlisted.close(resolve));
  }
}
