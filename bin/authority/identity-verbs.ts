import type { Command } from "commander";
import { personOf } from "../../authority/administered.ts";
import { host } from "../../authority/caller.ts";
import { addIdentity, removeIdentity } from "../../authority/identity.ts";
import { listIdentities } from "../../store/identity.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

const login = "name under which the person is known";

/** Whom a provider of identities means. */
export function addIdentityVerbs<O extends OpenOptions>(program: Command, verb: Verb, print: Print<O>): void {
  const identity = program.command("identity").description("who people are to a provider that will sign them in");
  verb(identity, "list", "print as whom providers know a person")
    .argument("<login>", login)
    .action(async (login: string, o: O) => {
      const { store } = await openStore(o, null);
      const { id: person } = await personOf(store, login, host);
      for (const { id, issuer, subject } of await listIdentities(store.db, host.scope, person))
        print(o, { identity: id, issuer, subject });
      await store.close();
    });

  for (const [name, act, description] of [
    ["add", addIdentity, "say that a provider means this person"],
    ["remove", removeIdentity, "take that back, and sign the person out everywhere"],
  ] as const)
    verb(identity, name, description)
      .argument("<login>", login)
      .requiredOption("--issuer <url>", "the provider, as its tokens name it")
      .requiredOption("--subject <text>", "the person, as its tokens name them")
      .action(async (login: string, o: O & { issuer: string; subject: string }) => {
        const { store } = await openStore(o, null);
        const { issuer, subject } = o;
        const id = await act(store, { login, issuer, subject }, new Date(), host);
        print(o, { ...(id === undefined ? {} : { identity: id }), login, issuer, subject });
        await store.close();
      });
}
