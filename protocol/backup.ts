import Type from "typebox";
import { limits } from "./limits.ts";
import { Strict } from "./schema.ts";

/** First line of a backup, before it is compressed and encrypted: what it is of, and what a restored log must come to. */
export const BackupHead = Strict({
  genkan: Type.Literal("backup/v1"),
  at: Type.String({ minLength: 20, maxLength: 40 }),
  /** Name of the log, and what verifies it. */
  origin: Type.String({ minLength: 1, maxLength: 320 }),
  logKey: Type.String({ minLength: 1, maxLength: 512 }),
  size: Type.Integer({ minimum: 0 }),
  /** Of the tree over the whole log, base64url. */
  root: Type.String({ minLength: 43, maxLength: 44 }),
  epoch: Type.Integer({ minimum: 0 }),
  /** Seals the keys in the store. A secret: a backup is as precious as the authority itself. */
  masterKey: Type.String({ minLength: 43, maxLength: 43 }),
});
export type BackupHead = Type.Static<typeof BackupHead>;

/** One row of one table, as the store holds it. */
export const BackupRow = Type.Tuple([
  Type.String({ maxLength: 64 }),
  Type.Record(
    Type.String({ maxLength: 64 }),
    Type.Union([Type.String({ maxLength: limits.backupLineCharacters }), Type.Number(), Type.Null()]),
  ),
]);
export type BackupRow = Type.Static<typeof BackupRow>;

/** Last line: without it the backup was cut. */
export const BackupEnd = Strict({ rows: Type.Integer({ minimum: 0 }) });
