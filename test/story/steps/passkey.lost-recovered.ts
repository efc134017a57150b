import type { AccountView } from "../../../protocol/api/account.ts";
import type { Context } from "../context.ts";
import { Person } from "../parts/person.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const login = "ito";
const name = "伊藤 美香 (Ito Mika)";

/**
 * The administrator invites an auditor, who enrols by the link. The auditor's passkey is lost: the administrator says so, with a
 * reason; from then on it opens nothing, and a link of a day enrols another.
 */
export async function run(context: Context): Promise<Evidence> {
  const { addresses } = await context.world();
  const yamada = context.person("yamada");
  const { page } = yamada;
  await page.goto(`${addresses.staffOrigin}/administration/people`);
  await yamada.press("person.invite");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(yamada.text("person.name")).first().fill(name);
  await dialog.getByLabel(yamada.text("person.login")).fill(login);
  await dialog.getByLabel(yamada.text("role.auditor"), { exact: true }).check();
  await dialog.getByRole("button", { name: yamada.text("person.inviteNow"), exact: true }).click();
  const first = await shownLink(yamada);

  const lost = await Person.sitDown(login, "ja", context.chromiumOf("yamada"));
  await lost.page.goto(first);
  await lost.press("enrol.withPasskey");
  await until(`sign-in of ${login}`, 15_000, async () => (await lost.ask("GET", "/api/me")).status === 200);

  await page.reload();
  const card = page.getByRole("article", { name, exact: true });
  await card.getByRole("button", { name: yamada.text("person.recover"), exact: true }).click();
  await dialog.getByRole("textbox").fill("スマートフォンの紛失");
  await dialog.getByRole("button", { name: yamada.text("person.recoverNow"), exact: true }).click();
  const second = await shownLink(yamada);
  const out = await lost.ask("GET", "/api/me");
  if (out.status !== 401) throw new Error(`After the loss the old sign-in is answered ${out.status}.`);
  await lost.page.goto(`${addresses.staffOrigin}/sign-in`);
  await lost.press("signIn.withPasskey");
  await lost.page.getByText(lost.text("codes.error.sign-in-failed")).first().waitFor();

  const found = await Person.sitDown(login, "ja", context.chromiumOf("yamada"));
  await found.page.goto(second);
  await found.page.getByText("スマートフォンの紛失").waitFor();
  await found.press("enrol.withPasskey");
  await until(`new sign-in of ${login}`, 15_000, async () => (await found.ask("GET", "/api/me")).status === 200);
  const { people } = await yamada.get<{ people: AccountView[] }>("/api/accounts");
  const account = people.find((one) => one.login === login);
  if (account?.state !== "active" || account.link !== null) throw new Error(`The account is ${account?.state}.`);
  await lost.context.close();
  await found.context.close();
  return { person: account.id, invitedBy: account.invitedBy?.name, oldPasskey: "refused", state: account.state };
}

/** The one-time link of the open dialog, which is then closed. */
async function shownLink(person: Person): Promise<string> {
  const dialog = person.page.getByRole("dialog");
  const code = dialog.locator("code").filter({ hasText: "/enrol#" });
  await code.waitFor();
  const link = (await code.textContent()) ?? "";
  await dialog.getByRole("button", { name: person.text("link.close"), exact: true }).click();
  return link;
}
