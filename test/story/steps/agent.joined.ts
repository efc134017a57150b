import { join } from "node:path";
import { beginAgent, type JoinOrder, orderJoin } from "../../../bin/start/begin.ts";
import type { World } from "../../../bin/start/world.ts";
import type { Context } from "../context.ts";
import type { Evidence } from "../result.ts";

/** With a one-time token and the fingerprints. Another key in its place is refused, and so is the token's second use. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const devices = await context.devices();
  devices.allow(world);
  const order = await orderJoin(world);
  const impostor = { ...order, "--authority-key": world.fingerprints.gateway };
  const otherKey = await refusedJoin(context, world, "impostor", impostor);
  await beginAgent(world, context.options, order);
  const usedToken = await refusedJoin(context, world, "second", order);
  const connected = await world.authority.waitFor("agent-connected", 60_000);
  await devices.register(world);
  const { gateway, authority } = world.fingerprints;
  return { agent: connected.agent, gateway, authority, otherKey, usedToken };
}

async function refusedJoin(context: Context, world: World, name: string, order: JoinOrder): Promise<string> {
  const folder = join(context.folder, `agent-${name}`);
  const failure = await world.askAgent("join", { ...order, "--name": name, "--data": folder }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (failure === undefined) throw new Error(`The ${name} agent joined.`);
  return failure.split("\n").at(-1) ?? "";
}
