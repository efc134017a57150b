import Type from "typebox";
import { type ErrorCode, errors } from "../error.ts";
import { limits } from "../limits.ts";
import { Base64Url, Count, Nullable, OneOf, Sentence, Strict } from "../schema.ts";
import { lineFates, lineFaults } from "../sheet.ts";

/** POST /api/register/devices/import, POST /api/accounts/import: a CSV file, to be taken whole or not at all. */
export const SheetImport = Strict({
  /** The file's bytes. */
  file: Base64Url(Math.ceil((limits.sheetBytes * 4) / 3)),
  /** Says what would become of each line, and keeps nothing. */
  dryRun: Type.Boolean(),
});

export const SheetLine = Strict({
  /** Where it begins in the file, from 1. */
  line: Count,
  /** What it is about: the name of a device, the login of a person; of the head, a column. */
  about: Sentence,
  fate: OneOf(lineFates),
  /** Null unless it is refused. */
  refusal: Nullable(
    Strict({
      code: OneOf(Object.keys(errors) as ErrorCode[]),
      fault: OneOf(lineFaults),
      /** In which column; null where it is not one. */
      column: Nullable(Sentence),
      /** What was found there, in short, or what the refusal says further, in English. */
      found: Nullable(Sentence),
    }),
  ),
});
export type SheetLine = Type.Static<typeof SheetLine>;

export const SheetFates = Strict({
  /** Whether anything was kept: not in a dry run, and not if one line is refused. */
  kept: Type.Boolean(),
  lines: Type.Array(SheetLine),
});
export type SheetFates = Type.Static<typeof SheetFates>;
