import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Chromium } from "../../story/parts/chromium.ts";
import { behaviours } from "../../world/quirks/behaviour.ts";
import { QuirkDevice } from "../../world/quirks/device.ts";
import { look, type Seen } from "../../world/quirks/look.ts";
import { messages, refusals } from "../../world/quirks/message.ts";
import type { BrowserSession } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

/** The same device is opened by its own address and through a session, by the same Chromium. */
describe("whatever Chromium shows of an odd device is shown through a session", () => {
  const chromium = new Chromium();
  let device: QuirkDevice;
  let world: QuickWorld;
  let session: BrowserSession;
  let page: Page;
  let direct: string;

  beforeAll(async () => {
    device = await QuirkDevice.start([...messages, ...behaviours, ...refusals]);
    world = await QuickWorld.start({ devices: [{ name: "odd", protocol: "http", port: device.port }] });
    const sato = await world.technician();
    session = await sato.enter(await world.grant(sato, await world.staff("tanaka"), "odd"));
    direct = `http://127.0.0.1:${device.port}`;
    const context = await chromium.newContext("ja-JP");
    await context.setHTTPCredentials({ username: "service", password: "service" });
    const { hostname: domain } = new URL(session.origin);
    await context.addCookies([{ name: "__Host-genkan", value: session.cookie, domain, path: "/", secure: true }]);
    page = await context.newPage();
  });

  afterAll(async () => {
    await chromium.close();
    await world?.stop();
    await device?.stop();
  });

  beforeEach(() => device.hangUp());

  async function open(origin: string, name: string): Promise<Seen | undefined> {
    try {
      return await look(page, origin + QuirkDevice.path(name));
    } finally {
      // What a page still waits for belongs to it.
      await page.goto("about:blank");
      device.hangUp();
    }
  }

  test.each(messages.map(({ name, shows }) => ({ name, shows })))("$name", async ({ name, shows }) => {
    const own = await open(direct, name);
    expect(own?.text).toMatch(shows);
    expect(await open(session.origin, name)).toEqual(own);
  });

  test.each(behaviours.map(({ name, shows }) => ({ name, shows })))("$name", async ({ name, shows }) => {
    const own = await open(direct, name);
    expect(own?.text).toMatch(shows);
    expect(await open(session.origin, name)).toEqual(own);
  });

  test.each(refusals.map(({ name, said }) => ({ name, said })))("not shown either: $name", async ({ name, said }) => {
    expect(await open(direct, name)).toBeUndefined();
    const through = await open(session.origin, name);
    expect(through?.status).toBe(502);
    expect(through?.text).toContain(said);
  });
});
