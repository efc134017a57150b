import { CompactRange, type CompactRangeState } from "../crypto/merkle.ts";
import type { Db } from "./database.ts";
import { readSetting, writeSetting } from "./setting.ts";

const stateKey = "log-tree";

/** The tree over all records of the log, as the last run of the sequencer left it. */
export async function readTree(db: Db): Promise<CompactRange> {
  const kept = await readSetting(db, stateKey);
  return kept === null ? new CompactRange() : CompactRange.from(JSON.parse(kept) as CompactRangeState);
}

export function writeTree(db: Db, tree: CompactRange): Promise<void> {
  return writeSetting(db, stateKey, JSON.stringify(tree.state()));
}
