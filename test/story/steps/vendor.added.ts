import type { Context } from "../context.ts";
import { newcomer, newcomerFile, sitDownAs } from "../parts/vendors.ts";
import type { Evidence } from "../result.ts";

/** An administrator adds a vendor on the command line; its own administrator is added on the host, and enrols on the portal. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const yamada = context.person("yamada");
  const me = await yamada.get<{ memberships: { site: { id: string } | null }[] }>("/api/me");
  const site = me.memberships[0]?.site?.id ?? "";
  await context.terminal("yamada").must("vendor", "add", newcomer.name, "--site", site, "--domains", newcomer.domain);
  const { id, mailDomains } = await newcomerFile(context);
  const login = `chief@${newcomer.domain}`;
  await world.askAuthority("person add", {
    "--name": "森 明 (Mori Akira)",
    "--login": login,
    "--role": "vendor-administrator",
    "--vendor": id,
  });
  const chief = await sitDownAs(context, "chief", String(await world.enrolmentLink(login)));
  const { status } = await chief.ask("GET", "/api/attestations");
  return { vendor: id, mailDomains, ownAdministrator: status };
}
