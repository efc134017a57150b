import type { Static } from "typebox";
import type { ServiceList } from "../../../protocol/api/service.ts";
import { sampleDevices } from "../../../sample/hospital.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { journal } from "../parts/journal.ts";
import { pageText } from "../parts/text.ts";
import type { Evidence } from "../result.ts";

/**
 * The administrator has the agent try a device before anybody asks for it. One that the agent's own list does not name is not
 * dialled, and the page says what to write into that list.
 */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const devices = await context.devices();
  const yamada = context.person("yamada");
  const { services } = await yamada.get<Static<typeof ServiceList>>("/api/services");
  const wanted = { open: sampleDevices[0]?.name, "not-listed": deviceNames.unlisted };
  const before = devices.reached("unlisted");
  await yamada.page.goto(`${world.addresses.staffOrigin}/agents`);
  const found: Record<string, unknown> = {};
  for (const [reach, name] of Object.entries(wanted)) {
    const service = services.find(({ device }) => device.name === name);
    if (!service) throw new Error(`${name} is not in the list.`);
    const of = { device: service.device.name, service: service.name };
    await yamada.page.getByRole("button", { name: pageText(yamada.language, "reach.testOf", of) }).click();
    await yamada.page
      .getByText(pageText(yamada.language, `reaches.${reach}`))
      .first()
      .waitFor();
    found[reach] = `${service.address}:${service.port}`;
    if (reach === "not-listed")
      await yamada.page.getByText(`"address":"${service.address}"`, { exact: false }).first().waitFor();
  }
  if (devices.reached("unlisted") !== before) throw new Error("The device was dialled.");
  const told = journal(world).filter(({ event }) => event === "reach");
  if (told.length !== 1) throw new Error(`The agent's journal tells of ${told.length} tests.`);
  return { ...found, journal: told[0] };
}
