import type { Static } from "typebox";
import type { SessionEntries } from "../../../protocol/api/session.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { get } from "../parts/local-page.ts";
import { openOnPage } from "../parts/pages.ts";
import { endedSession, liveSession } from "../parts/session.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** A page over https with a certificate of its own: in the browser, and by the command line, whose port on localhost is http. */
export async function run(context: Context): Promise<Evidence> {
  const sato = context.person("sato");
  const grant = context.grant("https");
  const page = await openOnPage(sato, grant);
  await page.getByText("人工呼吸器 保守").first().waitFor();
  const headers = await page.evaluate<Record<string, string[]>>(`fetch("/api/headers").then((r) => r.json())`);
  const { session, tls } = { session: await liveSession(sato, grant.id), tls: grant.services[0]?.tls };
  await page.close();

  const entries = await until("rows", 10_000, async () => {
    const { entries: rows } = await sato.get<Static<typeof SessionEntries>>(`/api/sessions/${session.id}/entries`);
    return rows.some(({ kind }) => kind === "http") && rows;
  });
  const pinned = entries.find((entry) => entry.kind === "certificate");
  if (pinned?.seen !== "first") throw new Error(`The recording says ${JSON.stringify(entries.slice(0, 3))}`);

  const connection = await context.terminal("sato").connect(deviceNames.ventilator, "HTTPS", grant.id);
  const native = await get(connection.port, "/api/status", `127.0.0.1:${connection.port}`);
  if (!native.includes("standby")) throw new Error(`By the command line the device said: ${native}`);
  const rebound = await get(connection.port, "/api/status", "rebound.example");
  if (!rebound.startsWith("HTTP/1.1 421 ")) throw new Error(`Another host was answered ${rebound.slice(0, 80)}`);
  await connection.stop();
  const { reason } = await endedSession(sato, connection.session);
  return { session: session.id, exceptions: tls, pinned: pinned.certificate, deviceWasAskedAs: headers.host, reason };
}
