import type { Static } from "typebox";
import type { RequestList, RequestView } from "../../../protocol/api/request.ts";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { inboxCard } from "../parts/pages.ts";
import type { Person } from "../parts/person.ts";
import { deviceNamed, request, sampleWith, windowFromNow, wish } from "../parts/request.ts";
import { refusal } from "../parts/session.ts";
import { until } from "../parts/wait.ts";
import type { Evidence } from "../result.ts";

const hourMs = 3_600_000;

/** On the portal's page; it appears on the approver's page without reloading. Impossible windows are refused. */
export async function run(context: Context): Promise<Evidence> {
  const world = await context.world();
  const [sato, tanaka] = [context.person("sato"), context.person("tanaka")];
  const web = await sampleWith(sato, "http");
  await tanaka.page.goto(world.addresses.staffOrigin);
  await tanaka.page.getByText(tanaka.text("inbox.none")).waitFor();

  await sato.page.goto(`${world.addresses.portalOrigin}/requests/new`);
  await fillIn(sato, web.name);
  const began = performance.now();
  await sato.press("place.ask");
  const asked = await until("request", 10_000, () => newest(sato));
  await inboxCard(tanaka, asked).waitFor();
  const shownMs = Math.round(performance.now() - began);
  context.requests.set("web", asked);

  for (const [name, device] of [
    ["ssh", await deviceNamed(sato, deviceNames.sshd)],
    ["tcp", await sampleWith(sato, "tcp")],
    ["https", await deviceNamed(sato, deviceNames.ventilator)],
    ["flood", await deviceNamed(sato, deviceNames.flood)],
    ["quirks", await deviceNamed(sato, deviceNames.quirks)],
    ["unlisted", await deviceNamed(sato, deviceNames.unlisted)],
  ] as const) {
    context.requests.set(name, await request(sato, device, windowFromNow(0, hourMs)));
  }
  const { start, end } = windowFromNow(0, hourMs);
  const backwards = await sato.ask("POST", "/api/requests", await wish(sato, web, { start: end, end: start }));
  const endless = await sato.ask("POST", "/api/requests", await wish(sato, web, windowFromNow(0, 9 * hourMs)));
  return {
    request: asked.id,
    device: asked.device.name,
    shownToApproverMs: shownMs,
    backwards: refusal(backwards, "denied", "window-impossible"),
    tooLong: refusal(endless, "denied", "window-too-long"),
  };
}

async function fillIn(person: Person, device: string): Promise<void> {
  const { page } = person;
  const text = (key: string, values?: Record<string, string>) => person.text(key, values);
  await page.getByRole("radio", { name: device }).check();
  for (const box of await page.getByRole("checkbox").all()) await box.check();
  await page.getByRole("button", { name: text("ask.quick", { hours: "1" }) }).click();
  await page.getByLabel(text("ask.reason")).fill("ナースコール管理画面の点検");
  await page.getByLabel(text("ask.plan")).fill("1. 画面を開く\n2. 状態を確認する");
  await page.getByLabel(text("ask.workOrder")).fill("WO-2026-0411");
}

async function newest(person: Person): Promise<RequestView | undefined> {
  const { requests } = await person.get<Static<typeof RequestList>>("/api/requests");
  return requests.find(({ state }) => state === "pending");
}
