import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BackupFacts, type OpenBackup, restoreBackup, standing } from "../../authority/backup.ts";
import { createFile, syncFolder } from "../../files/durable-file.ts";
import { GenkanError } from "../../protocol/error.ts";
import { openPostgres, openSqlite } from "../../store/database.ts";
import { type OpenOptions, readPrivate, requireOutside, storeUrl } from "./open.ts";

/**
 * Puts a backup in the place of the store that the options name, and its master key where that is missing. Throws
 * `state-conflict` for a store that holds what the backup lacks, for one that is not empty without `replace`, for one that a
 * program has open, and for another master key; `backup-refused`. The store is as it was then.
 */
export async function restore(
  o: OpenOptions & { replace?: true },
  backup: OpenBackup,
  now: Date,
): Promise<BackupFacts> {
  await requireOutside(o.data, o.masterKey);
  const known = (await stat(o.masterKey).catch(() => null)) !== null;
  if (known && (await readPrivate(o.masterKey, "master key")).trim() !== backup.masterKey)
    throw new GenkanError(
      "state-conflict",
      `Another master key lies in ${o.masterKey}: name a place for the backup's.`,
    );
  const url = await storeUrl(o);
  // The key first, for a store without it opens nothing; a refused restore leaves none behind.
  if (!known) await keepKey(o.masterKey, backup.masterKey);
  try {
    await mkdir(o.data, { recursive: true, mode: 0o700 });
    return await (url
      ? intoDatabase(() => openPostgres(url), backup, now)
      : intoFile(join(o.data, "genkan.db"), o.replace === true, backup, now));
  } catch (error) {
    if (!known) await rm(o.masterKey, { force: true });
    throw error;
  }
}

async function keepKey(file: string, masterKey: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  if (!createFile(file, `${masterKey}\n`))
    throw new GenkanError("state-conflict", `Something else has just made ${file}, and it is kept.`);
}

/** A database of a server can't be put aside by a rename, so only an empty one is filled. */
async function intoDatabase(open: () => ReturnType<typeof openPostgres>, backup: OpenBackup, now: Date) {
  const db = await open();
  try {
    if ((await standing(db, backup.facts)) !== "empty")
      throw new GenkanError("state-conflict", "The database is not empty: make another one, and name it in the URL.");
    return await restoreBackup(db, backup, now);
  } finally {
    await db.destroy();
  }
}

async function intoFile(file: string, replace: boolean, backup: OpenBackup, now: Date): Promise<BackupFacts> {
  const there = (await stat(file).catch(() => null)) !== null;
  if (there) await requireReplaceable(file, replace, backup.facts);
  const draft = `${file}.restoring`;
  const forget = () => Promise.all(["", "-wal", "-shm"].map((end) => rm(`${draft}${end}`, { force: true })));
  await forget();
  try {
    const facts = await fillFile(draft, backup, now);
    if (there) await rename(file, `${file}.before-${now.toISOString().replaceAll(/[:.]/g, "-")}`);
    await rename(draft, file);
    syncFolder(dirname(file));
    return facts;
  } catch (error) {
    await forget();
    throw error;
  }
}

/** Fills a new file. Closing its one connection brings all into it. */
export async function fillFile(file: string, backup: OpenBackup, now: Date): Promise<BackupFacts> {
  await writeFile(file, "", { mode: 0o600, flag: "wx" });
  const db = await openSqlite(file);
  try {
    return await restoreBackup(db, backup, now);
  } finally {
    await db.destroy();
  }
}

async function requireReplaceable(file: string, replace: boolean, facts: BackupFacts): Promise<void> {
  const db = await openSqlite(file);
  let stands: Awaited<ReturnType<typeof standing>>;
  try {
    stands = await standing(db, facts);
  } finally {
    await db.destroy();
  }
  // Whoever closes it last takes the write-ahead log away.
  if ((await stat(`${file}-wal`).catch(() => null)) !== null)
    throw new GenkanError("state-conflict", `A program has ${file} open: stop the authority first.`);
  const why = {
    empty: null,
    older: replace ? null : "There is a store already. With --replace it is put aside, and stays.",
    newer:
      "The store that is here has records that the backup lacks. Move it away yourself if they are to be given up.",
    other: "The store that is here is another one, or its log went another way. Move it away yourself.",
  }[stands];
  if (why !== null) throw new GenkanError("state-conflict", why);
}
