import type { Command } from "commander";
import { host } from "../../authority/caller.ts";
import { lift } from "../../authority/lock.ts";
import { readId } from "../../protocol/read-id.ts";
import { listLocks } from "../../store/lock.ts";
import { Scope } from "../../store/scope.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

/** What is locked, and a way out where no officer is left who could lift it. */
export function addLockVerbs<O extends OpenOptions>(program: Command, verb: Verb, print: Print<O>): void {
  const lock = program.command("lock").description("locks, where no officer is left who could lift one");
  verb(lock, "list", "print the locks that are in force").action(async (o: O) => {
    const { store } = await openStore(o, null);
    const inForce = (await listLocks(store.db, Scope.system())).filter(({ liftedAt }) => liftedAt === null);
    for (const { id, kind, name, reason, createdAt, createdBy } of inForce)
      print(o, { lock: id, kind, name: name ?? "", reason, since: createdAt, by: createdBy.name });
    await store.close();
  });

  verb(lock, "lift", "lift one of them; the log says that it was done on this host")
    .argument("<id>", "of genkan-authority lock list")
    .requiredOption("--reason <text>", "why, for the log")
    .action(async (id: string, o: O & { reason: string }) => {
      const { store } = await openStore(o, null);
      await lift({ store, now: () => new Date() }, host, readId("lock", id), o.reason);
      print(o, { lifted: id });
      await store.close();
    });
}
