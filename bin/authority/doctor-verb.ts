import type { Command } from "commander";
import { type AuthorityDoctor, authorityChecks } from "../doctor/authority.ts";
import { doctorOptions, examine } from "../doctor/verb.ts";

/** The authority's look at itself; `storeOptions` adds what every command over the store takes. */
export function addDoctorVerb(program: Command, storeOptions: (command: Command) => Command): void {
  doctorOptions(storeOptions(program.command("doctor").description("look at what it needs, and say what to do")))
    .option("--certificate <file...>", "PEM certificates whose end is looked at")
    .option("--staff-listen <host:port>", "where the staff host is to be served")
    .action((o: AuthorityDoctor & { json?: true }) =>
      examine(
        "genkan-authority",
        o,
        authorityChecks(o, () => new Date()),
      ),
    );
}
