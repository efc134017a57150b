import type { Static } from "typebox";
import type { AuditPage } from "../../../protocol/api/audit.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { openOnPage } from "../parts/pages.ts";
import { endedSession, liveSession } from "../parts/session.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

/** The device shows another certificate: its session ends, and no other begins until a person on the agent's host accepts it. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const [sato, yamada] = [context.person("sato"), context.person("yamada")];
  const grant = context.grant("https");
  const page = await openOnPage(sato, grant);
  await page.getByText("人工呼吸器 保守").first().waitFor();
  const { id } = await liveSession(sato, grant.id);
  // The device is told to make itself a new one; whatever follows goes over a new connection to it.
  await page.evaluate(`fetch("/api/certificate", { method: "POST" }).then((r) => r.text())`);
  await page.evaluate(`fetch("/api/status").catch(() => {})`).catch(() => {});
  const ended = await endedSession(sato, id);
  if (ended.reason !== "certificate-changed") throw new Error(`It ended for ${ended.reason}.`);
  await page.close();

  const finding = await until("finding in the log", 10_000, async () => {
    const { records } = await yamada.get<Static<typeof AuditPage>>("/api/audit?limit=100");
    return records.find(
      ({ body }) =>
        body?.action === "device.certificate" && body.outcome === "refused" && body.subjects["session"] === id,
    )?.body;
  });

  const service = String(grant.services[0]?.id);
  const shown = (await world.askAgent("certificate show")).certificates as {
    service: string;
    waiting: { certificate: string } | null;
  }[];
  const waits = shown.find((one) => one.service === service)?.waiting?.certificate;
  if (`SHA256:${waits}` !== finding.facts.fingerprint) throw new Error(`The agent's host shows ${waits}.`);
  await world.askAgent("certificate accept", { "--service": service, "--fingerprint": `SHA256:${waits}` });
  const again = await openOnPage(sato, grant);
  await again.getByText("人工呼吸器 保守").first().waitFor();
  await again.close();
  return {
    session: id,
    reason: ended.reason,
    finding: finding.facts,
    acceptedOnHost: waits,
    device: deviceNames.ventilator,
  };
}
