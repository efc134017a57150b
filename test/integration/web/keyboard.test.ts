import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginAgent } from "../../../bin/start/begin.ts";
import type { World } from "../../../bin/start/world.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { Context } from "../../story/context.ts";
import { Person } from "../../story/parts/person.ts";
import { until } from "../../story/parts/wait.ts";
import { fits, tabTo, walkAround } from "./reach.ts";

/** The whole job, on a screen of 390 pixels, by people who touch nothing but the keyboard. */
describe("by keyboard alone", () => {
  const context = new Context({ tls: false }, () => {});
  let world: World;

  beforeAll(async () => {
    world = await context.world();
    await beginAgent(world, context.options);
  }, 180_000);

  afterAll(() => context.end(), 30_000);

  const named = ({ page }: Person, name: string) => page.getByRole("button", { name, exact: true }).first();

  /** Tabs to the button of this text and presses it; the page must hold on any screen, and show where the focus is. */
  async function press(person: Person, key: string, by = "Enter", name = person.text(key)): Promise<void> {
    const faults = await tabTo(person.page, named(person, name));
    expect([...faults, ...(await fits(person.page))]).toEqual([]);
    await person.page.keyboard.press(by);
  }

  async function type(person: Person, label: string, text: string): Promise<void> {
    expect(await tabTo(person.page, person.page.getByLabel(label, { exact: false }).first())).toEqual([]);
    await person.page.keyboard.type(text);
  }

  const heading = (page: Page) => page.evaluate("document.activeElement?.tagName");

  async function inDialog(page: Page): Promise<void> {
    await page.getByRole("dialog").waitFor();
    for (let stop = 0; stop < 8; stop++) {
      expect(await page.evaluate("document.activeElement.closest('dialog, body') !== null")).toBe(true);
      expect(
        await page.evaluate(
          "document.querySelector('main')?.contains(document.activeElement) && !document.activeElement.closest('dialog')",
        ),
      ).toBe(false);
      await page.keyboard.press("Tab");
    }
  }

  test("everybody enrols", async () => {
    for (const [login, language, by] of [
      ["sato", "ja", "Enter"],
      ["tanaka", "ja", "Space"],
      ["yamada", "en", "Enter"],
    ] as const) {
      const link = await world.enrolmentLink(login);
      const person = await Person.sitDown(login, language, context.chromium);
      await person.page.setViewportSize({ width: 390, height: 844 });
      await person.page.goto(String(link));
      await press(person, "enrol.withPasskey", by);
      await person.page.getByRole("navigation").waitFor();
      context.people.set(login, person);
    }
    const { fingerprint } = await world.agent.waitFor("trust-proposed", 60_000);
    await world.acceptTrust(String(fingerprint));
  });

  test("the technician asks: the heading tells the new page, arrows choose the device, nothing holds the focus", async () => {
    const sato = context.person("sato");
    await press(sato, "place.ask");
    await sato.page.waitForURL("**/requests/new");
    await sato.page.getByRole("radio").first().waitFor();
    expect(await heading(sato.page)).toBe("H1");
    expect(await walkAround(sato.page)).toBeGreaterThan(10);
    await tabTo(sato.page, sato.page.getByRole("radio").first());
    await sato.page.keyboard.press("ArrowDown");
    expect(await sato.page.getByRole("radio").nth(1).isChecked()).toBe(true);
    await sato.page.keyboard.press("ArrowUp");
    expect(await sato.page.getByRole("radio", { name: /ナースコール/ }).isChecked()).toBe(true);
    await press(sato, "ask.quick", "Space", sato.text("ask.quick", { hours: "1" }));
    await type(sato, sato.text("ask.reason"), "不具合 1234 の確認");
    await type(sato, sato.text("ask.plan"), "1. 状態を確認する");
    await press(sato, "place.ask");
    await sato.page.getByText(sato.text("ask.sent")).waitFor();
  });

  test("the approver finds the request in the inbox and signs", async () => {
    const tanaka = context.person("tanaka");
    const { page } = tanaka;
    expect(await tabTo(page, page.getByRole("link", { name: tanaka.text("inbox.decide"), exact: true }))).toEqual([]);
    await page.keyboard.press("Enter");
    await press(tanaka, "approval.deny");
    await inDialog(page);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.textContent")).toBe(tanaka.text("approval.deny"));
    // A workstation that nobody has approved from: it is seen before the button works.
    const acknowledge = page.getByLabel(tanaka.text("ground.acknowledge"));
    expect(await tabTo(page, acknowledge)).toEqual([]);
    await page.keyboard.press("Space");
    await press(tanaka, "approval.approve");
    await page.getByText(tanaka.text("approval.approved")).waitFor();
    expect(await fits(page)).toEqual([]);
  });

  test("the technician opens the device in the browser and ends the session", async () => {
    const sato = context.person("sato");
    const { page } = sato;
    const open = page.getByRole("button", { name: /ナースコール/ });
    const opened = sato.context.waitForEvent("page");
    expect([...(await tabTo(page, open)), ...(await fits(page))]).toEqual([]);
    await page.keyboard.press("Enter");
    const device = await opened;
    await device.getByText("ナースコール管理").first().waitFor();

    await named(sato, sato.text("session.end")).waitFor();
    await press(sato, "session.end");
    await inDialog(page);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.textContent")).toBe(sato.text("session.end"));
    await page.keyboard.press("Enter");
    await press(sato, "session.endNow");
    await until("end", 10_000, async () => {
      const { sessions } = await sato.get<{ sessions: SessionView[] }>("/api/sessions");
      return sessions.every(({ state }) => state === "ended");
    });
  });

  test("the security officer locks the technician, who is told so", async () => {
    const yamada = context.person("yamada");
    const { page } = yamada;
    expect(await tabTo(page, page.getByRole("link", { name: yamada.text("place.locks") }))).toEqual([]);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/locks");
    const target = page.getByLabel(yamada.text("lock.target"));
    await until("people to choose", 5_000, async () => (await target.locator("option").count()) > 1);
    expect(await walkAround(page)).toBeGreaterThan(5);
    expect(await tabTo(page, target)).toEqual([]);
    await until("choice of the technician", 5_000, async () => {
      await page.keyboard.press("ArrowDown");
      return (await target.locator("option:checked").innerText()).startsWith("佐藤");
    });
    await press(yamada, "lock.lock");
    await inDialog(page);
    await type(yamada, yamada.text("shell.reason"), "lost laptop");
    await press(yamada, "lock.lockNow");
    await page.getByText(yamada.text("lock.lockDone")).waitFor();

    const sato = context.person("sato");
    expect(await tabTo(sato.page, sato.page.getByRole("button", { name: /ナースコール/ }))).toEqual([]);
    await sato.page.keyboard.press("Enter");
    await sato.page.getByRole("alert").getByText(sato.text("codes.deny.locked")).waitFor();
  });

  test("would be found out: a focus that does not show, a target too small, a trap", async () => {
    const { page } = context.person("yamada");
    const field = page.getByLabel(context.person("yamada").text("lock.what"));
    await page.evaluate(`{
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(":root :focus-visible { outline: none !important }");
      document.adoptedStyleSheets = [sheet];
      const tiny = document.createElement("button");
      Object.assign(tiny.style, { width: "12px", height: "12px", padding: 0 });
      document.querySelector("main").append(tiny);
    }`);
    expect((await tabTo(page, field)).some((fault) => fault.startsWith("no outline"))).toBe(true);
    expect((await fits(page)).some((fault) => fault.includes("small: "))).toBe(true);
    const name = JSON.stringify(context.person("yamada").text("lock.what"));
    await page.evaluate(`{
      const label = [...document.querySelectorAll("label")].find((one) => one.textContent.includes(${name}));
      label.control.addEventListener("keydown", (event) => event.preventDefault());
    }`);
    await expect(walkAround(page)).rejects.toThrow("does not come around by Tab");
  });
});
