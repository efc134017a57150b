import type { Command } from "commander";
import { personOf } from "../../authority/administered.ts";
import { host } from "../../authority/caller.ts";
import { readHosts } from "../../authority/hosts.ts";
import { removePasskey } from "../../authority/passkey-removal.ts";
import { recover } from "../../authority/recovery.ts";
import { GenkanError } from "../../protocol/error.ts";
import { readId } from "../../protocol/read-id.ts";
import { listAuthenticators } from "../../store/authenticator.ts";
import { Scope } from "../../store/scope.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

const login = "name under which the person is known";

/** Passkeys that are lost or stolen. */
export function addPasskeyVerbs<O extends OpenOptions>(program: Command, verb: Verb, print: Print<O>): void {
  const passkey = program.command("passkey").description("passkeys of people, where one is lost or stolen");
  verb(passkey, "list", "print the passkeys of a person")
    .argument("<login>", login)
    .action(async (login: string, o: O) => {
      const { store } = await openStore(o, null);
      const { id } = await personOf(store, login, host);
      for (const one of await listAuthenticators(store.db, Scope.system(), id))
        if (one.kind === "passkey")
          print(o, { passkey: one.id, label: one.label, since: one.created_at, until: one.expires_at });
      await store.close();
    });

  verb(passkey, "recover", "make all that a person signs in with worthless, and a link of a day in its place")
    .argument("<login>", login)
    .requiredOption("--reason <text>", "why; the log keeps it, and the person is shown it")
    .action(async (login: string, o: O & { reason: string }) => {
      const { store } = await openStore(o, null);
      const hosts = await readHosts(store.db);
      if (!hosts) throw new GenkanError("bad-request", "Run genkan-authority init first.");
      const { url, expiresAt } = await recover({ store, hosts }, login, o.reason, new Date(), host);
      print(o, { login, url, expiresAt });
      await store.close();
    });

  verb(passkey, "remove", "remove one of them and sign its person out everywhere")
    .argument("<login>", login)
    .argument("<id>", "of genkan-authority passkey list")
    .option("--even-last", "also the last key of a site's approvers: nobody approves until somebody has enrolled")
    .action(async (login: string, id: string, o: O & { evenLast?: true }) => {
      const { store } = await openStore(o, null);
      await removePasskey(
        store,
        { login, id: readId("authenticator", id), evenLast: o.evenLast ?? false },
        new Date(),
        host,
      );
      print(o, { removed: id, login });
      await store.close();
    });
}
