import type { LineFault } from "../../protocol/sheet.ts";

/** Why a line of a CSV file can't be taken, and what to do about it. */
export const lineFaults = {
  "encoding-unknown": "It is neither UTF-8 nor Shift_JIS. Save it as CSV UTF-8.",
  "csv-malformed": "It can't be read as CSV. Look for a quotation mark that is not closed.",
  "lines-too-many": "Too many lines. Split the file.",
  "column-unknown": "There is no such column. Have the first line as in an exported file.",
  "column-twice": "This column stands there twice.",
  "column-missing": "This column is needed.",
  "cells-too-many": "It has more cells than the first line. Put a value with a comma in quotation marks.",
  "cell-missing": "A value is needed here.",
  "cell-malformed": "This is no value for this column.",
  "name-unknown": "There is nothing of this name or ID. Look at how it is written.",
  "name-ambiguous": "Several have this name. Use the ID.",
  "time-without-zone": "A time without its zone could be any. Write it like 2027-04-01T00:00:00+09:00.",
  "line-twice": "A line before is about the same.",
  "site-differs": "The agent is not of this site.",
  "place-differs": "A device stays at its site: disable it there, and add it here.",
  "grant-open": "A grant is open, so this can't change. Revoke it, or import when it is over.",
  "login-taken": "Somebody has this login already.",
  "person-name-differs": "Whoever has this login has another name. For somebody else, take another login.",
  "not-oneself": "Nobody changes what they are themselves: another administrator does.",
  "act-refused": "What this line says can't be done.",
} as const satisfies Record<LineFault, string>;
