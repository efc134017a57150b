/** Columns of a CSV file, by what its lines are. A file may leave out those that are not in `neededColumns`. */
export const sheetColumns = {
  device: [
    "id",
    "name",
    "model",
    "site",
    "agent",
    "vendor",
    "tags",
    "location",
    "owner",
    "notes",
    "services",
    "contract_starts",
    "contract_ends",
  ],
  person: ["login", "name", "site", "vendor", "roles", "until"],
} as const;
export type SheetKind = keyof typeof sheetColumns;
export const sheetKinds = Object.keys(sheetColumns) as SheetKind[];
export type SheetColumn<K extends SheetKind = SheetKind> = (typeof sheetColumns)[K][number];

export const neededColumns = {
  device: ["name", "agent", "vendor"],
  person: ["login", "name", "roles"],
} as const satisfies { [K in SheetKind]: readonly SheetColumn<K>[] };

/** What becomes of a line. */
export const lineFates = ["added", "changed", "unchanged", "refused"] as const;
export type LineFate = (typeof lineFates)[number];

/** Why a line can't be taken, beside the code of its refusal. What it says in each language stands in `text/`. */
export const lineFaults = [
  "encoding-unknown",
  "csv-malformed",
  "lines-too-many",
  "column-unknown",
  "column-twice",
  "column-missing",
  "cells-too-many",
  "cell-missing",
  "cell-malformed",
  "name-unknown",
  "name-ambiguous",
  "time-without-zone",
  "line-twice",
  "site-differs",
  "place-differs",
  "grant-open",
  "login-taken",
  "person-name-differs",
  "not-oneself",
  "act-refused",
] as const;
export type LineFault = (typeof lineFaults)[number];

/** The place of somebody who runs the installation, in the column of sites. */
export const installationCell = "*";
