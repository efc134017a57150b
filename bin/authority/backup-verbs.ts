import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { openBackup, writeBackup } from "../../authority/backup.ts";
import { actorOf, host } from "../../authority/caller.ts";
import { makeRecoveryKey, parseRecoveryKey } from "../../crypto/recovery-key.ts";
import { revealSecret, Secret } from "../../crypto/secret.ts";
import { createFile, createFrom } from "../../files/durable-file.ts";
import { GenkanError } from "../../protocol/error.ts";
import { writeSetting } from "../../store/setting.ts";
import { type OpenOptions, openStore, readPrivate } from "./open.ts";
import { fillFile, restore } from "./restore.ts";
import type { Print, Verb } from "./verb.ts";

interface Asked {
  readonly json?: true;
}

/** Rows between two signs of life. */
const progressRows = 10_000;

/** Backups, encrypted to a key that lies elsewhere; restoring one; and the proof that it would work. */
export function addBackupVerbs<O extends OpenOptions & Asked>(program: Command, verb: Verb, print: Print<O>): void {
  program
    .command("recovery-key")
    .description("make the key that opens backups: its private part is printed once, or written to a file")
    .option("--out <file>", "file for the private part, for its owner alone")
    .option("--json", "print one JSON line")
    .action(async (o: O & { out?: string }) => {
      const { recipient, identity } = await makeRecoveryKey();
      const secret = revealSecret(identity);
      if (o.out === undefined) return print(o, { recipient, identity: secret });
      const text = `# recovery key of Genkan's backups; recipient: ${recipient}\n${secret}\n`;
      if (!createFile(o.out, text))
        throw new GenkanError("state-conflict", `There is a file already, and it is kept: ${o.out}`);
      print(o, { recipient, file: o.out });
    });

  const backup = program.command("backup").description("all that the store holds, encrypted to a recovery key");
  verb(backup, "make", "write one, which is meant where no other command is named", { isDefault: true })
    .requiredOption("--to <file>", "file that is not there yet")
    .requiredOption("--recipient <key>", "of genkan-authority recovery-key")
    .action(async (o: O & { to: string; recipient: string }) => {
      print(o, { ...(await makeBackup(o)) });
    });

  backup
    .command("verify")
    .description("restore a backup into a folder that is thrown away, and prove its log")
    .argument("<file>", "backup")
    .requiredOption("--identity <file>", "file with the recovery key's private part")
    .option("--json", "print one JSON line")
    .action(async (file: string, o: O & { identity: string }) => {
      const folder = await mkdtemp(join(tmpdir(), "genkan-verify-"));
      try {
        print(o, { verified: true, ...(await fillFile(join(folder, "genkan.db"), await opened(file, o), new Date())) });
      } finally {
        await rm(folder, { recursive: true });
      }
    });

  verb(program, "restore", "put a backup in the place of the store, while the authority is stopped")
    .argument("<file>", "backup")
    .requiredOption("--identity <file>", "file with the recovery key's private part")
    .option("--replace", "put aside an older store that is there")
    .action(async (file: string, o: O & { identity: string; replace?: true }) => {
      print(o, { restored: true, ...(await restore(o, await opened(file, o), new Date())) });
    });
}

async function opened(file: string, o: { readonly identity: string }) {
  if (!(await stat(file).catch(() => null))) throw new GenkanError("bad-request", `There is no file ${file}.`);
  const identity = parseRecoveryKey(await readPrivate(o.identity, "recovery key"));
  return openBackup(createReadStream(file), identity);
}

async function makeBackup(o: OpenOptions & Asked & { readonly to: string; readonly recipient: string }) {
  const { store, keys } = await openStore(o, null);
  try {
    const at = new Date();
    const facts = await writeBackup(store.db, {
      keys,
      masterKey: new Secret((await readPrivate(o.masterKey, "master key")).trim()),
      recipient: o.recipient,
      at,
      write: (sealed) => createFrom(o.to, sealed),
      progress: (rows) => {
        if (o.json !== true && rows % progressRows === 0) process.stderr.write(`${rows} rows\n`);
      },
    });
    const { size, root } = facts;
    await store.change(async (change) => {
      await writeSetting(change.db, "backup-at", at.toISOString());
      const kept = { size, root, recipient: o.recipient };
      await change.audit({
        at,
        action: "store.backup",
        outcome: "done",
        actor: actorOf(host),
        subjects: {},
        facts: kept,
      });
    });
    return { file: o.to, ...facts };
  } finally {
    await store.close();
  }
}
