import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerFiles } from "../../bin/start/world.ts";
import { Postgres } from "./postgres.ts";
import { Redis } from "./redis.ts";

/** A PostgreSQL and a Redis server for one world, with the private files that name them to its authority. */
export class Servers {
  readonly postgres: Postgres | undefined;
  readonly redis: Redis | undefined;
  readonly files: ServerFiles;
  readonly #folder: string;
  readonly #url: string;
  #copies = 0;

  private constructor(folder: string, url: string, postgres: Postgres | undefined, redis: Redis | undefined) {
    this.#folder = folder;
    this.#url = url;
    this.postgres = postgres;
    this.redis = redis;
    this.files = {
      ...(postgres ? { storeUrlFile: this.#write("store-url", url) } : {}),
      ...(redis ? { busUrlFile: this.#write("bus-url", redis.url) } : {}),
    };
  }

  /** `folder` keeps the files. */
  static async start(folder: string, wanted: { store: boolean; bus: boolean }): Promise<Servers> {
    const [postgres, redis] = await Promise.all([
      wanted.store ? Postgres.start() : undefined,
      wanted.bus ? Redis.start() : undefined,
    ]);
    return new Servers(folder, (await postgres?.database()) ?? "", postgres, redis);
  }

  /** A copy of the database, for whoever has stolen one; nobody may be connected to it. */
  async copy(): Promise<ServerFiles> {
    if (!this.postgres) return {};
    const name = `store-url-copy-${++this.#copies}`;
    return { storeUrlFile: this.#write(name, await this.postgres.database(this.#url)) };
  }

  async remove(): Promise<void> {
    await Promise.all([this.postgres?.remove(), this.redis?.remove()]);
  }

  #write(name: string, url: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, `${url}\n`, { mode: 0o600 });
    return path;
  }
}
