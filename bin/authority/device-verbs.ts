import type { Command } from "commander";
import { host } from "../../authority/caller.ts";
import { addDevice } from "../../authority/device.ts";
import { listAgents } from "../../store/agent.ts";
import { Scope } from "../../store/scope.ts";
import { listVendors } from "../../store/vendor.ts";
import { contractYear } from "./contract-year.ts";
import { type OpenOptions, openStore } from "./open.ts";
import { pick } from "./pick.ts";
import { parseService } from "./service-option.ts";
import type { Print, Verb } from "./verb.ts";

/** Devices and their services. */
export function addDeviceVerbs<O extends OpenOptions>(program: Command, verb: Verb, print: Print<O>): void {
  const device = program.command("device").description("devices and their services");
  verb(device, "add", "add a device with its services, under a contract of one year")
    .requiredOption("--name <name>", "name")
    .option("--model <model>", "model", "")
    .requiredOption(
      "--service <name:protocol:address:port...>",
      "services, each one port; https+self-signed+old-tls forgives a device that",
    )
    .option("--vendor <id>", "vendor that maintains it, or first", "first")
    .option("--agent <id>", "agent beside it, or first", "first")
    .option("--no-contract", "nobody may ask for it yet")
    .action(
      async (
        o: O & { name: string; model: string; service: string[]; vendor: string; agent: string; contract: boolean },
      ) => {
        const { store } = await openStore(o, null);
        const agents = listAgents(store.db, Scope.system());
        const beside = await pick(agents, o.agent, "agent");
        const vendor = (await pick(listVendors(store.db, Scope.system()), o.vendor, "vendor")).id;
        const at = new Date();
        const added = await addDevice(
          store,
          {
            vendor,
            agent: beside.id,
            name: o.name,
            model: o.model,
            services: o.service.map(parseService),
            contract: o.contract ? contractYear(at) : null,
          },
          at,
          host,
        );
        print(o, { device: added.id, services: added.services });
        await store.close();
      },
    );
}
