import type { Static } from "typebox";
import type { SessionList } from "../../../protocol/api/session.ts";
import type { Context } from "../context.ts";
import { openOnPage } from "../parts/pages.ts";
import { renewAll } from "../parts/renewal.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** From the portal's page into the device's own page, on a host name of that session alone. */
export async function run(context: Context): Promise<Evidence> {
  const sato = context.person("sato");
  const grant = context.grant("web");
  const began = performance.now();
  const page = await openOnPage(sato, grant);
  await page.getByText("ナースコール管理").first().waitFor();
  const openMs = Math.round(performance.now() - began);
  context.devicePage = page;
  const { host } = new URL(page.url());
  const { access } = context.layout.names;
  if (/^[a-z0-9-]+\.(.+):\d+$/.exec(host)?.[1] !== access) throw new Error(`The device's page is at ${page.url()}`);

  const headers = await page.evaluate<Record<string, string[]>>(`fetch("/api/headers").then((r) => r.json())`);
  if (headers.cookie !== undefined) throw new Error(`The device was sent ${headers.cookie.join()}`);
  const stranger = await context.chromium.newContext("ja-JP");
  const other = await (await stranger.newPage()).goto(page.url());
  await stranger.close();
  if (other?.status() !== 403) throw new Error(`A second client got ${other?.status()}.`);

  const session = await until("live session", 5_000, async () => {
    const { sessions } = await sato.get<Static<typeof SessionList>>("/api/sessions");
    return sessions.find((one) => one.grant === grant.id && one.state === "live" && one.counts.down > 0);
  });
  const { certificates } = context;
  const renewed = certificates && (await renewAll(context, certificates, new URL(page.url()).hostname));
  return {
    ...(renewed === undefined ? {} : { renewed }),
    host,
    title: await page.title(),
    openMs,
    deviceSawCookie: false,
    withoutCookie: 403,
    counts: session.counts,
  };
}
