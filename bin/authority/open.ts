import { chmod, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type AuthorityKeys, openKeys } from "../../authority/keys.ts";
import { AtRestKey } from "../../crypto/at-rest.ts";
import { rightsFault } from "../../crypto/file-rights.ts";
import { randomToken } from "../../crypto/random.ts";
import { Secret } from "../../crypto/secret.ts";
import { createFile } from "../../files/durable-file.ts";
import { GenkanError } from "../../protocol/error.ts";
import { type ProgramLog, silentProgramLog } from "../../protocol/program-log.ts";
import { inProcessBus } from "../../store/bus.ts";
import { type Db, openPostgres, openSqlite } from "../../store/database.ts";
import { redisBus } from "../../store/redis-bus.ts";
import { keepSetting, readSetting } from "../../store/setting.ts";
import { makeStore, type Store } from "../../store/store.ts";

export interface OpenOptions {
  readonly data: string;
  readonly masterKey: string;
  /** A PostgreSQL server instead of the file in the folder; without a password, for arguments are seen by others. */
  readonly store?: string;
  /** File that holds such a URL, with its password. */
  readonly storeUrlFile?: string;
  readonly bus?: string;
  /** File that holds the bus's URL. */
  readonly busUrlFile?: string;
}

/**
 * Opens the authority's store with its keys, and the bus. `make` allows a first start, with the portal's host as the
 * log's; else a missing store is an error.
 * Throws `bad-request` for options that don't fit, `store-unavailable` for a server that is away.
 */
export async function openStore(
  o: OpenOptions,
  make: { readonly host: string } | null,
  programLog: ProgramLog = silentProgramLog,
): Promise<{ store: Store; keys: AuthorityKeys }> {
  const bus = await busUrl(o);
  await requireOutside(o.data, o.masterKey);
  if (make) await mkdir(o.data, { recursive: true, mode: 0o700 });
  const master = await readMasterKey(o.masterKey, make !== null);
  const url = await storeUrl(o);
  const db = url ? await openPostgres(url) : await openFile(o.data, make !== null);
  try {
    const origin = await logOrigin(db, make?.host ?? null);
    const keys = await openKeys(db, master, origin);
    return { store: makeStore(db, bus ? redisBus({ url: bus, channel: origin, programLog }) : inProcessBus()), keys };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/**
 * The log's name is its own for good, whatever the hosts are called later: a URL without its scheme, as C2SP's
 * tlog-checkpoint asks, at which nothing need be.
 */
async function logOrigin(db: Db, host: string | null): Promise<string> {
  const known = await readSetting(db, "log-origin");
  if (known !== null) return known;
  if (host === null) throw noStore("this database");
  return keepSetting(db, "log-origin", `${host}/genkan-log/${randomToken(12)}`);
}

const noStore = (where: string) =>
  new GenkanError("bad-request", `There is no store in ${where}. Run genkan-authority init first.`);

async function openFile(data: string, make: boolean): Promise<Db> {
  const file = join(data, "genkan.db");
  if (!make && !(await stat(file).catch(() => null))) throw noStore(data);
  const db = await openSqlite(file);
  await chmod(file, 0o600);
  return db;
}

export async function storeUrl({ store, storeUrlFile }: OpenOptions): Promise<Secret | null> {
  if (store !== undefined && storeUrlFile !== undefined)
    throw new GenkanError("bad-request", "Name the store once: --store or --store-url-file.");
  if (storeUrlFile !== undefined) return new Secret(await readPrivate(storeUrlFile, "URL of the store"));
  if (store === undefined || store === "sqlite") return null;
  if (/^[^/]*\/\/[^/@]*:.*@/.test(store))
    throw new GenkanError("bad-request", "Others can see arguments: put a URL with a password into --store-url-file.");
  return new Secret(store);
}

async function busUrl({ bus, busUrlFile }: OpenOptions): Promise<Secret | null> {
  if (bus === undefined || bus === "in-process") {
    if (busUrlFile === undefined) return null;
    throw new GenkanError("bad-request", "--bus-url-file goes with --bus redis.");
  }
  if (bus !== "redis" || busUrlFile === undefined)
    throw new GenkanError("bad-request", "The bus is in-process, or redis with --bus-url-file.");
  return new Secret(await readPrivate(busUrlFile, "URL of the bus"));
}

/** A file that only its owner reads. */
export async function readPrivate(file: string, what: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) throw new GenkanError("bad-request", `The ${what} is missing: ${file}`);
  const fault = rightsFault(file, await stat(file), "private");
  if (fault !== null) throw new GenkanError("bad-request", `The ${what} is not used, for ${fault}`);
  return text;
}

/** A copy of the data folder must not hold the key that opens it. Throws `bad-request`, before anything is made. */
export async function requireOutside(data: string, masterKey: string): Promise<void> {
  const way = relative(await placeOf(data), await placeOf(masterKey));
  if (isAbsolute(way) || way === ".." || way.startsWith(`..${sep}`)) return;
  throw new GenkanError(
    "bad-request",
    `The master key may not lie in the data folder, for a copy of the data would hold it: ${masterKey}`,
  );
}

/** Where a path leads through links, as far as it is there already. */
async function placeOf(path: string): Promise<string> {
  const whole = resolve(path);
  const real = await realpath(whole).catch(() => null);
  if (real !== null || dirname(whole) === whole) return real ?? whole;
  return join(await placeOf(dirname(whole)), basename(whole));
}

/** 32 bytes in base64url, in a file that only its owner reads. Made at the first start, never beside the data. */
async function readMasterKey(file: string, make: boolean): Promise<AtRestKey> {
  if (!make || (await stat(file).catch(() => null))) return AtRestKey.parse(await readPrivate(file, "master key"));
  const text = AtRestKey.generate();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // Of two first starts at once the one that was faster has made everybody's key.
  if (!createFile(file, `${text}\n`)) return AtRestKey.parse(await readPrivate(file, "master key"));
  return AtRestKey.parse(text);
}
