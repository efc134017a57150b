import type { Context } from "../context.ts";
import { enrol } from "../parts/enrol.ts";
import { confirmTerminal } from "../parts/pages.ts";
import type { Evidence } from "../result.ts";

/** On the hospital's own host; the terminal signs in by the device flow, confirmed with the same sign-in. */
export async function run(context: Context): Promise<Evidence> {
  const enrolled = await enrol(context, "yamada", "ja");
  const world = await context.world();
  const origin = world.addresses.staffOrigin;
  await context
    .terminal("yamada")
    .login(["--staff", origin, ...context.caOption], (page, code) =>
      confirmTerminal(context.person("yamada"), page, code),
    );
  const { me } = await context.terminal("yamada").must("whoami");
  return { ...enrolled, terminal: (me as { person: { name: string } }).person.name };
}
