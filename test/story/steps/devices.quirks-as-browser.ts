import { behaviours } from "../../world/quirks/behaviour.ts";
import { QuirkDevice } from "../../world/quirks/device.ts";
import { look } from "../../world/quirks/look.ts";
import { messages } from "../../world/quirks/message.ts";
import type { Context } from "../context.ts";
import { openOnPage } from "../parts/pages.ts";
import type { Evidence } from "../result.ts";

/** One of each kind; the whole list is held by `test/integration/web/quirks.test.ts`. */
const handful = [
  "line feeds alone",
  "the length twice alike",
  "a folded line",
  "chunk sizes with blanks behind them",
  "100 unasked",
  "resets on the second request",
  "an event stream that is silent after its head",
  "413 before the body is read",
  "leads to itself with a person",
  "leads on by Refresh",
  "five cookies of nearly four kilobytes",
];

/** An old device's pages look through a session as they look in a browser beside it. */
export async function run(context: Context): Promise<Evidence> {
  const { ports } = await context.devices();
  const page = await openOnPage(context.person("sato"), context.grant("quirks"));
  await page.getByText("front").waitFor();
  const { origin } = new URL(page.url());
  const direct = `http://${context.layout.addresses.devices}:${ports.quirks}`;
  const seen: string[] = [];
  for (const quirk of [...messages, ...behaviours].filter(({ name }) => handful.includes(name))) {
    const path = QuirkDevice.path(quirk.name);
    const through = await look(page, origin + path);
    if (!through?.text.match(quirk.shows))
      throw new Error(`${quirk.name}: through a session ${JSON.stringify(through)}`);
    // From another network the device is not reached directly, which is what networks are for.
    const beside = context.apart ? through : await look(page, direct + path);
    const [one, two] = [through, beside].map((what) => JSON.stringify(what));
    if (one !== two) throw new Error(`${quirk.name}: through a session ${one}, directly ${two}`);
    seen.push(quirk.name);
  }
  await page.close();
  if (seen.length !== handful.length) throw new Error(`Only ${seen.join(", ")}`);
  return { seen, comparedWithDirect: !context.apart };
}
