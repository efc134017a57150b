import type { Static } from "typebox";
import type { OwnAccount } from "../../../protocol/api/own-account.ts";
import type { TrustList } from "../../../protocol/api/trust.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import type { Person } from "../parts/person.ts";
import { approve, deviceNamed, request, windowFromNow } from "../parts/request.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const hourMs = 3_600_000;

/**
 * The only approver renews the passkey on the account's page: the old one shows who it is, then signs the list that names the new one;
 * only then can it be removed. What the new one approves, the agent takes.
 */
export async function run(context: Context): Promise<Evidence> {
  const { addresses } = await context.world();
  const [sato, tanaka] = [context.person("sato"), context.person("tanaka")];
  const { page } = tanaka;
  await page.goto(`${addresses.staffOrigin}/account`);
  const own = async () => (await tanaka.get<OwnAccount>("/api/account")).passkeys;
  const [old] = await own();
  if (!old) throw new Error("The approver has no passkey.");
  await tanaka.press("account.renew");
  await page
    .getByRole("dialog")
    .getByRole("button", { name: tanaka.text("account.addNow"), exact: true })
    .click();
  const both = await until("second passkey", 15_000, async () => {
    const passkeys = await own();
    return passkeys.length === 2 && passkeys;
  });
  if ((await tanaka.passkeys()) !== 2) throw new Error("The new passkey took the place of the old one.");
  const early = await tanaka.ask("POST", `/api/account/passkeys/${old.id}/removal`, {});
  if (early.status !== 409) throw new Error(`The old passkey could be removed before it signed: ${early.status}.`);

  await sign(tanaka, addresses.staffOrigin);
  await tanaka.post(`/api/account/passkeys/${old.id}/removal`);
  await sign(tanaka, addresses.staffOrigin);
  const asked = await request(sato, await deviceNamed(sato, deviceNames.flood), windowFromNow(0, hourMs));
  const grant = await approve(tanaka, asked);
  context.grants.set("flood", grant);
  const connection = await context.terminal("sato").connect(deviceNames.flood, "TCP", grant.id);
  await connection.stop();
  return { old: old.id, now: both.find(({ id }) => id !== old.id)?.id, beforeSigned: early.status, grant: grant.id };
}

/** Signs the list of approvers that waits, on the page of agents. */
async function sign(tanaka: Person, origin: string): Promise<void> {
  await tanaka.page.goto(`${origin}/agents`);
  const waits = async () => {
    const { sites } = await tanaka.get<Static<typeof TrustList>>("/api/trust");
    return sites.some(({ proposed }) => proposed !== null);
  };
  await until("list that waits", 10_000, waits);
  await tanaka.press("trust.sign");
  await until("list in force", 15_000, async () => !(await waits()));
}
