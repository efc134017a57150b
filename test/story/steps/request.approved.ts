import type { Context } from "../context.ts";
import { approveOnPage } from "../parts/pages.ts";
import { approve, grantOf } from "../parts/request.ts";
import type { Evidence } from "../result.ts";

/** On the approver's page by passkey over the exact grant; without the user's verification nothing is approved. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const [sato, tanaka] = [context.person("sato"), context.person("tanaka")];
  await sato.page.goto(world.addresses.portalOrigin);
  const approved = await approveOnPage(tanaka, context.request("web"));
  const grant = await grantOf(tanaka, String(approved.grant));
  context.grants.set("web", grant);
  const began = performance.now();
  await sato.page.getByLabel(grant.device.name, { exact: true }).first().waitFor();
  const shownMs = Math.round(performance.now() - began);

  for (const name of ["https", "ssh", "flood", "quirks", "unlisted"] as const) {
    context.grants.set(name, await approve(tanaka, context.request(name)));
  }
  return {
    grant: grant.id,
    hash: grant.hash,
    approvers: grant.approvers.map((person) => person.name),
    window: grant.windows[0],
    shownToTechnicianMs: shownMs,
  };
}
