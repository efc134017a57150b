import type { Page } from "playwright-core";
import type { Context } from "../context.ts";
import { refusal } from "../parts/session.ts";
import type { Evidence } from "../result.ts";

/** A page that is there comes at once. */
const patienceMs = 3_000;

/** The requester tries every door. The portal has none to an approval, and the hospital's own host does not know them. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const sato = context.person("sato");
  const { id, windows } = context.request("web");
  const begin = await sato.ask("POST", `/api/requests/${id}/approval/begin`, { windows });
  const deny = await sato.ask("POST", `/api/requests/${id}/denial`, { reason: "mine" });
  const elsewhere = await sato.context.newPage();
  const staff = await staffHost(elsewhere, world.addresses.staffOrigin, `/api/requests/${id}`);
  await elsewhere.close();
  // On one machine it can be reached and knows nobody; on networks of their own there is no way to it.
  if (staff !== (context.apart ? "unreachable" : 401)) throw new Error(`The staff host answered: ${staff}`);
  const { state } = await sato.get<{ state: string }>(`/api/requests/${id}`);
  if (state !== "pending") throw new Error(`The request is ${state}.`);
  return { approval: refusal(begin, "not-found"), denial: refusal(deny, "not-found"), staffHost: staff, state };
}

async function staffHost(page: Page, origin: string, path: string): Promise<number | "unreachable"> {
  const there = await page.goto(origin, { timeout: patienceMs }).catch(() => undefined);
  return there ? page.evaluate(async (url) => (await fetch(url)).status, path) : "unreachable";
}
