import { join } from "node:path";
import { makeRecoveryKey } from "../../../crypto/recovery-key.ts";
import type { ChecklistView } from "../../../protocol/api/checklist.ts";
import type { Context } from "../context.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** After all that came before only a backup is missing; once it is made the checklist is green, and nobody ticked anything. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const yamada = context.person("yamada");
  const open = async () =>
    (await yamada.get<ChecklistView>("/api/checklist")).steps.filter(({ why }) => why !== null).map(({ why }) => why);
  const before = await open();
  if (before.join() !== "backup-missing") throw new Error(`These are not done: ${before.join()}.`);
  const { recipient } = await makeRecoveryKey();
  const file = join(world.folders.authority, "first.backup");
  await world.askAuthority("backup make", { "--to": file, "--recipient": recipient });
  await until("a green checklist", 15_000, async () => (await open()).length === 0);
  await yamada.page.goto(`${world.addresses.staffOrigin}/administration/checklist`);
  await yamada.page.getByText(yamada.text("checklist.done")).waitFor();
  return { before, after: "all done" };
}
