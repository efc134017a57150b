import type { Context } from "../context.ts";
import { refusal } from "../parts/session.ts";
import type { Evidence } from "../result.ts";

/** The requester tries every door: the approval, its first half, and the hospital's own host with the same cookie. */
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
  return { approval: refusal(begin, "denied"), denial: refusal(deny, "denied"), staffHost: staff, state };
}
