import type { Static } from "typebox";
import type { Me } from "../../../protocol/api/me.ts";
import type { WorkstationList } from "../../../protocol/api/workstation.ts";
import type { Context } from "../context.ts";
import { enrol } from "../parts/enrol.ts";
import { confirmTerminal } from "../parts/pages.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** By passkey in the browser, whose own key makes the workstation; the terminal's key joins it by the device flow. */
export async function run(context: Context): Promise<Evidence> {
  const enrolled = await enrol(context, "sato", "en");
  const world = await context.world();
  const sato = context.person("sato");
  const workstation = await until("workstation of the browser", 10_000, async () => {
    const me = await sato.get<Static<typeof Me>>("/api/me");
    return me.workstation?.id;
  });
  await context
    .terminal("sato")
    .login(["--portal", world.addresses.portalOrigin, ...context.caOption], (page, code) =>
      confirmTerminal(sato, page, code),
    );
  const { workstations } = await sato.get<Static<typeof WorkstationList>>("/api/workstations");
  const keys = workstations.find(({ id }) => id === workstation)?.keys.map(({ kind }) => kind) ?? [];
  if (!keys.includes("browser") || !keys.includes("cli"))
    throw new Error(`The workstation has keys of ${keys.join()}.`);
  return { ...enrolled, workstation, keys };
}
