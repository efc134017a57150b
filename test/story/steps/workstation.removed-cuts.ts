import type { OwnAccount } from "../../../protocol/api/own-account.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { endedSession } from "../parts/session.ts";
import { SlowReader } from "../parts/slow-reader.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** The technician removes the computer on the account's page: its session is cut, its sign-ins end, and its terminal opens nothing. */
export async function run(context: Context): Promise<Evidence> {
  const { addresses } = await context.world();
  const [sato, yamada] = [context.person("sato"), context.person("yamada")];
  const grant = context.grant("flood");
  const terminal = context.terminal("sato");
  const connection = await terminal.connect(deviceNames.flood, "TCP", grant.id);
  const reader = new SlowReader(connection.port);
  await until("bytes at the reader", 10_000, () => reader.bytes > 0);
  await sato.page.goto(`${addresses.portalOrigin}/account`);
  const { workstations } = await sato.get<OwnAccount>("/api/account");
  const here = workstations.find((one) => one.here);
  if (!here) throw new Error("The technician sees no computer of theirs.");
  const part = sato.page.getByRole("region", { name: sato.text("account.workstations"), exact: true });
  const row = part.getByRole("listitem").filter({ hasText: here.label }).first();
  await row.getByRole("button", { name: sato.text("account.remove"), exact: true }).click();
  const dialog = sato.page.getByRole("dialog");
  await dialog.getByRole("button", { name: sato.text("account.removeNow"), exact: true }).click();
  await reader.ended;
  const session = await endedSession(yamada, connection.session);
  if (session.reason !== "ended-by-technician") throw new Error(`The end reason is ${session.reason}.`);
  await until("end of the sign-in", 15_000, async () => (await sato.ask("GET", "/api/me")).status === 401);
  const again = await terminal.run("connect", deviceNames.flood, "TCP", "--grant", grant.id);
  if (again.code === 0) throw new Error("The removed computer's terminal connected.");
  return { workstation: here.id, keys: here.keys.length, reason: session.reason, terminal: again.facts.at(-1)?.error };
}
