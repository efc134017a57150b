import type { Command } from "commander";
import { setPersonOn } from "../../authority/person-active.ts";
import { changeRoles } from "../../authority/roles.ts";
import { roles } from "../../protocol/person.ts";
import { type OpenOptions, openStore } from "./open.ts";
import { parseRole } from "./role-option.ts";
import type { Print, Verb } from "./verb.ts";

const login = "name under which the person is known";

/** What changes somebody who is in the register. */
export function addPersonVerbs<O extends OpenOptions>(person: Command, verb: Verb, print: Print<O>): void {
  verb(person, "roles", "give a person other roles, instead of all that they hold")
    .argument("<login>", login)
    .requiredOption("--role <role...>", roles.join(", "))
    .action(async (login: string, o: O & { role: string[] }) => {
      const held = o.role.map(parseRole);
      const { store } = await openStore(o, null);
      const changed = await changeRoles(store, login, held, new Date());
      print(o, { person: changed, login, roles: held });
      await store.close();
    });

  for (const [name, active, description] of [
    ["disable", false, "sign a person out everywhere, end their sessions and let them in no more"],
    ["enable", true, "let a person who was disabled sign in again"],
  ] as const)
    verb(person, name, description)
      .argument("<login>", login)
      .action(async (login: string, o: O) => {
        const { store } = await openStore(o, null);
        print(o, { person: await setPersonOn(store, login, active, new Date()), login, active });
        await store.close();
      });
}
