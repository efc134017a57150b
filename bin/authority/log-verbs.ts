import type { Command } from "commander";
import { reindex } from "../../store/log-index.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

/** What keeps the log found again. */
export function addLogVerbs<O extends OpenOptions>(program: Command, verb: Verb, print: Print<O>): void {
  const log = program.command("log").description("the audit log");
  verb(log, "reindex", "make the index of the log anew from the log itself").action(async (o: O) => {
    const { store } = await openStore(o, null);
    print(o, { records: await reindex(store.db) });
    await store.close();
  });
}
