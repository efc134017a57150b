import { Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { Compile } from "typebox/compile";
import { AtRestKey } from "../crypto/at-rest.ts";
import { type AuditVerdict, verifyAuditExport } from "../crypto/audit-verify.ts";
import { decryptWith, encryptTo } from "../crypto/recovery-key.ts";
import { revealSecret, type Secret } from "../crypto/secret.ts";
import { BackupEnd, BackupHead, BackupRow } from "../protocol/backup.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { everyRow, fill, isEmpty, snapshot } from "../store/backup.ts";
import type { Db } from "../store/database.ts";
import { exportLog } from "../store/log-export.ts";
import { readTree } from "../store/log-tree.ts";
import { Scope } from "../store/scope.ts";
import { readSetting, writeSetting } from "../store/setting.ts";
import { readEpoch } from "../store/store.ts";
import { type AuthorityKeys, openKeys } from "./keys.ts";

const Head = Compile(BackupHead);
const Row = Compile(BackupRow);
const End = Compile(BackupEnd);

/** What is told of a backup: nothing that opens anything. */
export type BackupFacts = Omit<BackupHead, "genkan" | "masterKey">;

const factsOf = ({ genkan: _genkan, masterKey: _masterKey, ...facts }: BackupHead): BackupFacts => facts;

/**
 * Everything that the store holds at one moment, with the master key, compressed and encrypted to the recovery key; `write` takes
 * it away. The authority may go on meanwhile. `progress` is told how many rows were read.
 */
export function writeBackup(
  db: Db,
  o: {
    readonly keys: AuthorityKeys;
    readonly masterKey: Secret;
    readonly recipient: string;
    readonly at: Date;
    readonly write: (sealed: Readable) => Promise<void>;
    readonly progress: (rows: number) => void;
  },
): Promise<BackupFacts> {
  return snapshot(db, async (at) => {
    const tree = await readTree(at);
    const { origin, verifierKey } = o.keys.log;
    const head: BackupHead = {
      genkan: "backup/v1",
      at: o.at.toISOString(),
      origin,
      logKey: verifierKey,
      size: tree.size,
      root: Buffer.from(tree.root()).toString("base64"),
      epoch: await readEpoch(at),
      masterKey: revealSecret(o.masterKey),
    };
    const lines = Readable.from(backupLines(at, head, o.progress), { objectMode: false });
    const packed = createGzip();
    lines.once("error", (error) => packed.destroy(error));
    await o.write(await encryptTo(o.recipient, lines.pipe(packed)));
    return factsOf(head);
  });
}

async function* backupLines(at: Db, head: BackupHead, progress: (rows: number) => void): AsyncGenerator<string> {
  yield `${JSON.stringify(head)}\n`;
  let rows = 0;
  for await (const row of everyRow(at)) {
    yield `${JSON.stringify(row)}\n`;
    rows += 1;
    progress(rows);
  }
  yield `${JSON.stringify({ rows })}\n`;
}

/** A backup that is being read: its head, and then its rows. */
export interface OpenBackup {
  readonly facts: BackupFacts;
  readonly masterKey: string;
  /** Throws `backup-refused` where the file was changed or cut. Read once. */
  rows(): AsyncGenerator<BackupRow>;
}

/** Opens a backup with the recovery key. Throws `backup-refused`. */
export async function openBackup(sealed: Readable, identity: Secret): Promise<OpenBackup> {
  const plain = await decryptWith(identity, sealed);
  const unpacked = createGunzip();
  plain.once("error", (error) => unpacked.destroy(error));
  const lines = textLines(plain.pipe(unpacked));
  const head = parsed((await next(lines)) ?? "");
  if (!Head.Check(head))
    throw new GenkanError("backup-refused", "It is of another version of Genkan, or was not written by it.");
  return { facts: factsOf(head), masterKey: head.masterKey, rows: () => rowsOf(lines) };
}

async function* rowsOf(lines: AsyncGenerator<string>): AsyncGenerator<BackupRow> {
  let rows = 0;
  for (let line = await next(lines); line !== null; line = await next(lines)) {
    const value = parsed(line);
    if (Row.Check(value)) {
      rows += 1;
      yield value;
    } else if (End.Check(value) && value.rows === rows && (await next(lines)) === null) return;
    else break;
  }
  throw new GenkanError("backup-refused", "It does not end as it was written.");
}

async function* textLines(stream: Readable): AsyncGenerator<string> {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let held = "";
  for await (const chunk of stream) {
    held += utf8.decode(chunk as Uint8Array, { stream: true });
    const lines = held.split("\n");
    held = lines.pop() ?? "";
    if (held.length > limits.backupLineCharacters) throw new RangeError("a line is too long");
    yield* lines;
  }
  if (held !== "") throw new RangeError("the last line is cut");
}

/** The next line, or null at the end. What is wrong with the stream is wrong with the file. */
async function next(lines: AsyncGenerator<string>): Promise<string | null> {
  try {
    const { done, value } = await lines.next();
    return done ? null : value;
  } catch (cause) {
    throw new GenkanError("backup-refused", "It was changed or cut short.", { cause });
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * Fills an empty store with a backup and proves that its whole log verifies and comes to the root that the backup names. Throws
 * `state-conflict` for a store that is not empty, `backup-refused`; nothing is kept then.
 */
export async function restoreBackup(db: Db, backup: OpenBackup, now: Date): Promise<BackupFacts> {
  if (!(await isEmpty(db))) throw new GenkanError("state-conflict", "The store that is restored into is not empty.");
  const { facts } = backup;
  await fill(db, {
    rows: backup.rows(),
    epoch: facts.epoch,
    prove: async (filled) => {
      const keys = await openKeys(filled, AtRestKey.parse(backup.masterKey), facts.origin);
      const lines = exportLog(filled, Scope.system(), keys.log);
      const verdict = await verifyAuditExport(Readable.from(lines, { objectMode: false }), facts.logKey);
      if (!proves(verdict, facts))
        throw new GenkanError("backup-refused", "Its log does not come to the root that it was written with.");
      const restored: Restored = { at: now.toISOString(), backup: facts.at, size: facts.size, root: facts.root };
      await writeSetting(filled, restoredKey, JSON.stringify(restored));
    },
  });
  return facts;
}

/** Left by a restore for the next start. */
export interface Restored {
  readonly at: string;
  /** When the backup was made. */
  readonly backup: string;
  readonly size: number;
  readonly root: string;
}

export const restoredKey = "restored";

function proves(verdict: AuditVerdict, { size, root }: BackupFacts): boolean {
  // A store that has no record yet has no checkpoint, and nothing to verify.
  if (size === 0) return true;
  return verdict.ok && verdict.root === root && verdict.size === size;
}

/** How a store stands to a backup: `older` may be replaced. Any other holds what the backup lacks. */
export async function standing(db: Db, facts: BackupFacts): Promise<"empty" | "older" | "newer" | "other"> {
  if (await isEmpty(db)) return "empty";
  if ((await readSetting(db, "log-origin")) !== facts.origin) return "other";
  const tree = await readTree(db);
  if (tree.size > facts.size) return "newer";
  const same = Buffer.from(tree.root()).toString("base64") === facts.root;
  return tree.size === facts.size && !same ? "other" : "older";
}
