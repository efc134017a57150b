import { type AtRestKey, AtRestKey as AtRestKeys, seal, unseal } from "../crypto/at-rest.ts";
import { type LogKey, makeLogKey, readLogKey } from "../crypto/log-key.ts";
import { createProgramKey, exportProgramKey, importProgramKey, type ProgramKey } from "../crypto/program-key.ts";
import { revealSecret } from "../crypto/secret.ts";
import type { Db } from "../store/database.ts";
import { keepSetting, readSetting } from "../store/setting.ts";

export interface AuthorityKeys {
  /** Of its links, tickets and leases: what gateways and agents pin. */
  readonly programKey: ProgramKey;
  /** Of the log's checkpoints. */
  readonly log: LogKey;
  /** Seals secrets in the store; itself sealed by the master key. */
  readonly data: AtRestKey;
}

/**
 * The authority's keys lie in the store, sealed by a data key that the master key seals; the master key never lies beside
 * them. Made at the first start. Throws `internal` when the master key is not the one of this store.
 */
export async function openKeys(db: Db, master: AtRestKey, logOrigin: string): Promise<AuthorityKeys> {
  const data = AtRestKeys.parse(await kept(db, master, "key:data", () => AtRestKeys.generate()));
  const programKey = importProgramKey(await kept(db, data, "key:program", () => exportProgramKey(createProgramKey())));
  const log = readLogKey(logOrigin, await kept(db, data, "key:log", makeLogKey));
  return { programKey, log, data };
}

async function kept(db: Db, key: AtRestKey, name: string, make: () => string): Promise<string> {
  const sealed = await readSetting(db, name);
  if (sealed !== null) return revealSecret(unseal(key, name, sealed));
  // Another process may make one at this very moment: the one that is kept counts for both.
  return revealSecret(unseal(key, name, await keepSetting(db, name, seal(key, name, make()))));
}
