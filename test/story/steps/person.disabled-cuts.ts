import type { AccountView } from "../../../protocol/api/account.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { admit, endedSession, refusal } from "../parts/session.ts";
import { SlowReader } from "../parts/slow-reader.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/**
 * The administrator disables the approver on the page of people: they are signed out, and the session that stands on their yes is cut.
 * Enabled again, they sign in with the passkey that they have.
 */
export async function run(context: Context): Promise<Evidence> {
  const { addresses } = await context.world();
  const [sato, tanaka, yamada] = [context.person("sato"), context.person("tanaka"), context.person("yamada")];
  const grant = context.grant("flood");
  const connection = await context.terminal("sato").connect(deviceNames.flood, "TCP", grant.id);
  const reader = new SlowReader(connection.port);
  await until("bytes at the reader", 10_000, () => reader.bytes > 0);

  await yamada.page.goto(`${addresses.staffOrigin}/administration/people`);
  const { people } = await yamada.get<{ people: AccountView[] }>("/api/accounts");
  const account = people.find(({ login }) => login === "tanaka");
  if (!account) throw new Error("The administrator sees no approver.");
  await turn(context, account.name, "record.disable");
  await reader.ended;
  const session = await endedSession(yamada, connection.session);
  if (session.reason !== "fact-changed") throw new Error(`The end reason is ${session.reason}.`);
  const out = await tanaka.ask("GET", "/api/me");
  if (out.status !== 401) throw new Error(`A disabled person is answered ${out.status}.`);
  const again = refusal(await admit(sato, grant), "denied");

  await turn(context, account.name, "record.enable");
  await tanaka.page.goto(`${addresses.staffOrigin}/sign-in`);
  await tanaka.press("signIn.withPasskey");
  await until("sign-in of tanaka", 15_000, async () => (await tanaka.ask("GET", "/api/me")).status === 200);
  const after = await context.terminal("sato").connect(deviceNames.flood, "TCP", grant.id);
  await after.stop();
  return {
    disabled: account.id,
    reason: session.reason,
    signedOut: out.status,
    whileDisabled: again,
    afterwards: after.session,
  };
}

/** Presses the button on somebody's card, and the same one in the dialog that asks. */
async function turn(context: Context, name: string, words: "record.disable" | "record.enable"): Promise<void> {
  const yamada = context.person("yamada");
  const { page } = yamada;
  const button = { name: yamada.text(words), exact: true };
  await page.getByRole("article", { name, exact: true }).getByRole("button", button).click();
  await page.getByRole("dialog").getByRole("button", button).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}
