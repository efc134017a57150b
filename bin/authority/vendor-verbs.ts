import type { Command } from "commander";
import { host } from "../../authority/caller.ts";
import { addVendor } from "../../authority/vendor.ts";
import { GenkanError } from "../../protocol/error.ts";
import { readId } from "../../protocol/read-id.ts";
import { writeAttestationInterval } from "../../store/attestation.ts";
import { type OpenOptions, openStore } from "./open.ts";
import type { Print, Verb } from "./verb.ts";

/** Vendors that maintain devices; the staff page does the rest. */
export function addVendorVerbs<O extends OpenOptions>(program: Command, verb: Verb, print: Print<O>): void {
  const vendor = program.command("vendor").description("vendors that maintain devices");
  verb(vendor, "add", "add a vendor")
    .requiredOption("--name <name>", "name, as pages and log show it")
    .option("--contact <text>", "whom the hospital calls")
    .option("--mail-domain <domain...>", "at which its own administrator may invite people")
    .option("--site <id>", "hospital for which it works first")
    .action(async (o: O & { name: string; contact?: string; mailDomain?: string[]; site?: string }) => {
      const site = o.site === undefined ? null : readId("site", o.site);
      const said = { name: o.name, contact: o.contact ?? null, mailDomains: o.mailDomain ?? [], site };
      const { store } = await openStore(o, null);
      print(o, { vendor: await addVendor(store, said, new Date(), host), name: o.name });
      await store.close();
    });
  verb(vendor, "attestation", "say how often vendors confirm that each of their people still works there")
    .requiredOption("--every <days>", "days, such as 90; a part of one is allowed")
    .action(async (o: O & { every: string }) => {
      const ms = Math.round(Number(o.every) * 86_400_000);
      if (!(ms > 0)) throw new GenkanError("bad-request", `${o.every} is no number of days.`);
      const { store } = await openStore(o, null);
      await store.urgent(({ db }) => writeAttestationInterval(db, ms));
      print(o, { days: ms / 86_400_000 });
      await store.close();
    });
}
