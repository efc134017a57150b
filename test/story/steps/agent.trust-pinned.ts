import { fingerprint } from "../../../crypto/thumbprint.ts";
import type { TrustList } from "../../../protocol/api/trust.ts";
import type { Context } from "../context.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/**
 * The list of approvers' keys counts after a person on the agent's host has compared the fingerprint that the agent got
 * with the one on the staff page, and not before.
 */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const tanaka = context.person("tanaka");
  const proposed = await world.agent.waitFor("trust-proposed", 60_000);
  const shown = await until("list of approvers on the staff page", 5_000, async () => {
    const { sites } = await tanaka.get<TrustList>("/api/trust");
    return sites
      .flatMap(({ current, proposed: next }) => [current, next])
      .find((root) => root && fingerprint(root.hash) === proposed.fingerprint);
  });
  await tanaka.page.goto(`${world.addresses.staffOrigin}/agents`);
  await tanaka.page.getByText(String(proposed.fingerprint)).first().waitFor();
  if (world.agent.events.some(({ event }) => event === "trust-pinned")) throw new Error("It was pinned unasked.");
  await world.acceptTrust(String(proposed.fingerprint));
  const pinned = await world.agent.waitFor("trust-pinned", 60_000);
  return {
    version: pinned.version,
    fingerprint: pinned.fingerprint,
    approvers: shown.approvers.map((one) => one.person.name),
  };
}
