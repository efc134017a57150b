import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AuthorityKeys, openKeys } from "../../authority/keys.ts";
import { randomToken } from "../../crypto/random.ts";
import { SealingKey } from "../../crypto/sealed.ts";
import { GenkanError } from "../../protocol/error.ts";
import { inProcessBus } from "../../store/bus.ts";
import { openSqlite } from "../../store/database.ts";
import { readSetting, writeSetting } from "../../store/setting.ts";
import { makeStore, type Store } from "../../store/store.ts";

export interface OpenOptions {
  readonly data: string;
  readonly masterKey: string;
}

/** Opens the authority's store with its keys. `make` allows a first start; else a missing store is an error. */
export async function openStore(o: OpenOptions, make: boolean): Promise<{ store: Store; keys: AuthorityKeys }> {
  const file = join(o.data, "genkan.db");
  if (!make && !(await stat(file).catch(() => null)))
    throw new GenkanError("bad-request", `There is no store in ${o.data}. Run genkan-authority init first.`);
  await mkdir(o.data, { recursive: true, mode: 0o700 });
  const master = await readMasterKey(o.masterKey, make);
  const db = await openSqlite(file);
  await chmod(file, 0o600);
  const store = makeStore(db, inProcessBus());
  // The log's name is its own for good, whatever the hosts are called.
  let origin = await readSetting(db, "log-origin");
  if (origin === null) {
    origin = `genkan/${randomToken(12)}`;
    await writeSetting(db, "log-origin", origin);
  }
  return { store, keys: await openKeys(db, master, origin) };
}

/** 32 bytes in base64url, in a file that only its owner reads. Made at the first start, never beside the data. */
async function readMasterKey(file: string, make: boolean): Promise<SealingKey> {
  const found = await readFile(file, "utf8").catch(() => null);
  if (found !== null) {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0)
      throw new GenkanError("bad-request", `Others can read the master key: run chmod 600 ${file}`);
    return SealingKey.parse(found);
  }
  if (!make) throw new GenkanError("bad-request", `The master key is missing: ${file}`);
  const text = SealingKey.generate();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" });
  return SealingKey.parse(text);
}
