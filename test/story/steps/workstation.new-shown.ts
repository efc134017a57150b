import type { ApprovalGround } from "../../../protocol/api/approval-ground.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { Context } from "../context.ts";
import type { Person } from "../parts/person.ts";
import { grantOf } from "../parts/request.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** So much of a fingerprint as the page shows. */
const shownCharacters = 16;

/**
 * The approver's page says that the technician's computer is new, by which fingerprint and since when, and approves nothing
 * before the approver has ticked that it is known. After the first approval it is like any other.
 */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const tanaka = context.person("tanaka");
  const [first, next] = [context.request("tcp"), context.request("ssh")];
  const { page } = tanaka;
  const approve = page.getByRole("button", { name: tanaka.text("approval.approve"), exact: true });
  const title = page.getByText(tanaka.text("ground.newTitle"), { exact: true });
  const acknowledge = page.getByLabel(tanaka.text("ground.acknowledge"));

  const { keys } = await tanaka.get<ApprovalGround>(`/api/requests/${first.id}/ground`);
  await page.goto(`${world.addresses.staffOrigin}/requests/${first.id}`);
  await title.waitFor();
  for (const { thumbprint } of keys) {
    const fingerprint = `SHA256:${thumbprint.slice(0, shownCharacters)}…`;
    const fact = page.locator('[data-new="true"]').filter({ hasText: fingerprint });
    await fact.getByText(tanaka.text("ground.never"), { exact: true }).waitFor();
    await fact.getByText(tanaka.text("ground.since")).waitFor();
    await fact.locator("time").waitFor();
  }
  if (await approve.isEnabled()) throw new Error("A new workstation can be approved unseen.");
  const usedBefore = await tanaka.passkeyUses();
  await acknowledge.check();
  await approve.click();
  const grant = await approved(tanaka, first);
  if ((await tanaka.passkeyUses()) !== usedBefore + 1) throw new Error("The approval was not by passkey.");
  context.grants.set("tcp", await grantOf(tanaka, grant));

  await page.goto(`${world.addresses.staffOrigin}/requests/${next.id}`);
  await until("approve on the next request", 10_000, async () => (await approve.count()) > 0 && approve.isEnabled());
  await page
    .locator('[data-new="false"]')
    .getByText(tanaka.text("ground.times", { times: "1" }))
    .first()
    .waitFor();
  const left = (await title.count()) + (await acknowledge.count()) + (await page.locator('[data-new="true"]').count());
  if (left > 0) throw new Error("After an approval the workstation is still new.");
  await page.goto(world.addresses.staffOrigin);
  return {
    keys: keys.map(({ thumbprint, kind, since }) => ({ thumbprint, kind, since })),
    approveBeforeAcknowledged: "disabled",
    grant,
    afterwards: "known",
  };
}

const approved = (approver: Person, { id }: RequestView) =>
  until("approval", 15_000, async () => (await approver.get<RequestView>(`/api/requests/${id}`)).grant);
