import type { Context } from "../context.ts";
import { refusal } from "../parts/session.ts";
import type { Evidence } from "../result.ts";

/** The requester tries every door. The portal has none to an approval, and the hospital's own host does not know them. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const sato = context.person("sato");
  const { id, window } = context.request("web");
  const begin = await sato.ask("POST", `/api/requests/${id}/approval/begin`, { window });
  const deny = await sato.ask("POST", `/api/requests/${id}/denial`, { reason: "mine" });
  const elsewhere = await sato.context.newPage();
  await elsewhere.goto(world.addresses.staffOrigin);
  const staff = await elsewhere.evaluate(async (path) => (await fetch(path)).status, `/api/requests/${id}`);
  await elsewhere.close();
  if (staff !== 401) throw new Error(`The staff host knew the technician: ${staff}`);
  const { state } = await sato.get<{ state: string }>(`/api/requests/${id}`);
  if (state !== "pending") throw new Error(`The request is ${state}.`);
  return { approval: refusal(begin, "not-found"), denial: refusal(deny, "not-found"), staffHost: staff, state };
}
