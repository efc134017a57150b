import type { Command } from "commander";
import { checklist, reach } from "../../cli/setup.ts";
import { type AddVerb, said } from "./verb.ts";

/** Setting an installation up: for administrators. */
export function addSetupVerbs(program: Command, verb: AddVerb): void {
  verb(
    program,
    {
      usage: "checklist",
      about: said("how far the installation has come, and what to do now", "導入の進み具合と、今すること"),
    },
    (cli) => checklist(cli),
  );
  verb(
    program,
    {
      usage: "reach <device> [service]",
      about: said("have a device tried by its agent", "エージェントから機器に届くかをテスト"),
    },
    (cli, _options, device = "", service) => reach(cli, device, service),
  );
}
