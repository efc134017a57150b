import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogKey } from "../../../crypto/log-key.ts";
import { Secret } from "../../../crypto/secret.ts";
import { formatVerifierKey } from "../../../crypto/signed-note.ts";
import { inProcessBus } from "../../../store/bus.ts";
import { type Db, openPostgres, openSqlite } from "../../../store/database.ts";
import { makeStore, type Store } from "../../../store/store.ts";
import { emptyDatabase } from "../../parts/empty-database.ts";
import type { Postgres } from "../../parts/postgres.ts";

export const dialects = ["sqlite", "postgres"] as const;
export type Dialect = (typeof dialects)[number];

/** Empty stores of both dialects, for as long as one file of tests runs. */
export class Stores {
  /** Of those who stop, freeze or crash it; all others share the one of the project. */
  readonly #own: Postgres | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), "genkan-store-"));
  readonly #open = new Set<Db>();
  #files = 0;

  constructor(own?: Postgres) {
    this.#own = own;
  }

  /** Where a new, empty store is: a file, or a URL. */
  place(dialect: Dialect): Promise<string> {
    if (dialect === "sqlite") return Promise.resolve(join(this.#folder, `${++this.#files}.db`));
    return this.#own ? this.#own.database() : emptyDatabase();
  }

  /** Opens the store at a place, as one more process would. */
  async open(place: string): Promise<Db> {
    const db = await openPlace(place);
    this.#open.add(db);
    return db;
  }

  /** A new store, as one process sees it. */
  async make(dialect: Dialect): Promise<Store> {
    return makeStore(await this.open(await this.place(dialect)), inProcessBus());
  }

  /**
   * One new store, as several processes see it. Of SQLite one process is enough: in another it would wait for this one
   * with the whole process, so `writer-child.ts` plays the second.
   */
  async shared(dialect: Dialect): Promise<Store[]> {
    const place = await this.place(dialect);
    const stores: Store[] = [];
    for (let i = 0; i < (dialect === "sqlite" ? 1 : 3); i++)
      stores.push(makeStore(await this.open(place), inProcessBus()));
    return stores;
  }

  async end(): Promise<void> {
    for (const db of this.#open) await db.destroy();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const openPlace = (place: string): Promise<Db> =>
  place.startsWith("postgres:") ? openPostgres(new Secret(place)) : openSqlite(place);

export function newLogKey(): LogKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { origin: "genkan/test", privateKey, verifierKey: formatVerifierKey("genkan/test", publicKey) };
}
