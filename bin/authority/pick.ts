import { GenkanError } from "../../protocol/error.ts";

/** The row with this id, or the `first`. Throws `not-found`. */
export async function pick<Row extends { id: string }>(
  rows: Promise<readonly Row[]>,
  id: string,
  what: string,
): Promise<Row> {
  const found = id === "first" ? (await rows)[0] : (await rows).find((row) => row.id === id);
  if (!found) throw new GenkanError("not-found", `There is no such ${what}.`);
  return found;
}
