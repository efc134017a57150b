import type { Command } from "commander";
import { host } from "../../authority/caller.ts";
import { endContract } from "../../authority/contract.ts";
import { readId } from "../../protocol/read-id.ts";
import { parseInstant } from "./instant-option.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

/** What ends a contract before its time. */
export function addContractVerbs<O extends OpenOptions>(program: Command, verb: Verb, print: Print<O>): void {
  const contract = program.command("contract").description("contracts, under which vendors maintain devices");
  verb(contract, "end", "end what a vendor may do at a device, now or at a later time")
    .requiredOption("--vendor <id>", "vendor whose contract ends")
    .requiredOption("--device <id>", "device of the contract")
    .option("--at <time>", "when, such as 2026-04-01T00:00:00+09:00; now unless told")
    .action(async (o: O & { vendor: string; device: string; at?: string }) => {
      const now = new Date();
      const ends = o.at === undefined ? now : parseInstant(o.at);
      const of = { vendor: readId("vendor", o.vendor), device: readId("device", o.device) };
      const { store } = await openStore(o, null);
      const contracts = await endContract(store, { ...of, ends }, now, host);
      print(o, { ...of, ends: ends.toISOString(), contracts });
      await store.close();
    });
}
