import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginAgent } from "../../../bin/start/begin.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { Context } from "../../story/context.ts";
import { enrol } from "../../story/parts/enrol.ts";
import { openOnPage } from "../../story/parts/pages.ts";
import { Person } from "../../story/parts/person.ts";
import { approve, request, sampleWith, windowFromNow } from "../../story/parts/request.ts";
import { pageText } from "../../story/parts/text.ts";
import { until } from "../../story/parts/wait.ts";
import { faults, listen, looks, turn } from "./look.ts";

const hourMs = 3_600_000;

/** The real authority serves the real pages to a real browser; every page has something on it. */
describe("the pages", () => {
  const context = new Context({ tls: false }, () => {});
  const heard: string[] = [];
  const downloads = mkdtempSync(join(tmpdir(), "genkan-downloads-"));
  const program = "a program for download";
  let asked: RequestView;
  let session: SessionView;

  beforeAll(async () => {
    writeFileSync(join(downloads, "genkan-1.2.3-linux-x64"), program);
    writeFileSync(join(downloads, "genkan-1.2.3-windows-x64.exe"), program);
    process.env["GENKAN_DOWNLOADS"] = downloads;
    const world = await context.world();
    delete process.env["GENKAN_DOWNLOADS"];
    for (const [login, language] of [
      ["sato", "ja"],
      ["tanaka", "ja"],
      ["yamada", "en"],
    ] as const) {
      await enrol(context, login, language);
      listen(context.person(login).page, heard);
    }
    await beginAgent(world, context.options);
    const { fingerprint } = await world.agent.waitFor("trust-proposed", 60_000);
    await world.acceptTrust(String(fingerprint));

    const [sato, tanaka, yamada] = ["sato", "tanaka", "yamada"].map((login) => context.person(login as "sato"));
    if (!sato || !tanaka || !yamada) throw new Error("Somebody is missing.");
    const web = await sampleWith(sato, "http");
    const ssh = await sampleWith(sato, "ssh");
    const tcp = await sampleWith(sato, "tcp");
    const grant = await approve(tanaka, await request(sato, web, windowFromNow(0, 2 * hourMs)));
    await approve(tanaka, await request(sato, tcp, windowFromNow(3 * hourMs, hourMs)));
    const denied = await request(sato, ssh, windowFromNow(0, hourMs));
    await tanaka.post(`/api/requests/${denied.id}/denial`, { reason: "日勤帯は使用中です。" });
    asked = await request(sato, ssh, windowFromNow(hourMs, 2 * hourMs));
    await yamada.post("/api/locks", { kind: "device", target: tcp.id, reason: "点検のため" });

    await sato.page.goto(world.addresses.portalOrigin);
    const device = await openOnPage(sato, grant);
    await device.getByText("ナースコール管理").first().waitFor();
    session = await until("live session", 5_000, async () => {
      const { sessions } = await sato.get<{ sessions: SessionView[] }>("/api/sessions");
      return sessions.find((one) => one.state === "live" && one.counts.down > 0);
    });
  }, 120_000);

  afterAll(async () => {
    await context.end();
    rmSync(downloads, { recursive: true });
  }, 30_000);

  const origin = async (face: "portal" | "staff") => {
    const { addresses } = await context.world();
    return face === "portal" ? addresses.portalOrigin : addresses.staffOrigin;
  };

  async function judge(page: Page, face: "portal" | "staff", places: Record<string, string>): Promise<string[]> {
    const found: string[] = [];
    for (const look of looks) {
      await turn(page, look);
      for (const [name, path] of Object.entries(places)) {
        await page.goto("about:blank");
        await page.goto((await origin(face)) + path);
        const here = await faults(page, `${face}-${name}`, look);
        found.push(...here.map((fault) => `${name} ${look.language} ${look.width} ${look.scheme}: ${fault}`));
      }
      await page.goto(await origin(face));
    }
    return found;
  }

  test("of the technician have no fault at any width, in either language or scheme", { timeout: 180_000 }, async () => {
    const places = {
      home: "/",
      ask: "/requests/new",
      request: `/requests/${asked.id}`,
      session: `/sessions/${session.id}`,
      account: "/account",
      terminal: "/device",
      "command-line": "/command-line",
      nowhere: "/nowhere",
    };
    expect(await judge(context.person("sato").page, "portal", places)).toEqual([]);
  });

  test("offer the command line, as it lies on the authority's host, with the hash that it has", async () => {
    const { page } = context.person("sato");
    await page.goto(`${await origin("portal")}/command-line`);
    const sha256 = createHash("sha256").update(program).digest("hex");
    await page.getByText(sha256).first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "genkan-1.2.3-linux-x64" }).click(),
    ]);
    expect([download.suggestedFilename(), readFileSync(await download.path(), "utf8")]).toEqual([
      "genkan-1.2.3-linux-x64",
      program,
    ]);
  });

  test("ask which time is meant where clocks go back, and say where they leave one out", {
    timeout: 120_000,
  }, async () => {
    const sato = context.person("sato");
    const abroad = await sato.context.browser()?.newContext({
      timezoneId: "America/New_York",
      storageState: await sato.context.storageState(),
    });
    if (!abroad) throw new Error("There is no browser.");
    const page = await abroad.newPage();
    await page.goto(await origin("portal"));
    const found: string[] = [];
    for (const look of looks) {
      await turn(page, look);
      await page.goto("about:blank");
      await page.goto(`${await origin("portal")}/requests/new`);
      const say = (key: string, values = {}) => page.getByText(pageText(look.language, key, values)).first();
      const side = (key: string) => page.getByLabel(pageText(look.language, key, { zone: "America/New_York" }));
      await side("ask.start").fill("2027-03-14T02:30");
      await say("ask.timeLeftOut").waitFor();
      await side("ask.start").fill("2027-11-07T00:30");
      await side("ask.end").fill("2027-11-07T01:30");
      await say("ask.timeTwice").waitFor();
      found.push(...(await faults(page, "portal-ask-twice", look)));
      await page.getByRole("button", { name: "01:30 GMT-5" }).click();
      await page.getByText("00:30 GMT-4 – 01:30 GMT-5").first().waitFor();
      expect(await say("ask.timeTwice").count()).toBe(0);
      await page.getByRole("button", { name: pageText(look.language, "ask.quick", { hours: "1" }) }).click();
    }
    await abroad.close();
    expect(found).toEqual([]);
  });

  test("say of an address that nothing has that it leads nowhere, and offer no second try but a way back", async () => {
    for (const [login, face, path, home] of [
      ["sato", "portal", "/requests/none", "place.home"],
      ["tanaka", "staff", "/sessions/ses_0000000000000000", "place.inbox"],
    ] as const) {
      const person = context.person(login);
      await turn(person.page, { language: "ja", width: 1_280, scheme: "light" });
      await person.page.goto((await origin(face)) + path);
      const alert = person.page.getByRole("alert");
      await alert.getByText(pageText("ja", "codes.error.not-found")).waitFor();
      expect(await alert.getByRole("button").count()).toBe(0);
      await person.page.goto(`${await origin(face)}/nowhere`);
      await person.page
        .getByRole("main")
        .getByRole("link", { name: pageText("ja", home), exact: true })
        .click();
      await person.page.waitForURL(`${await origin(face)}/`);
    }
  });

  test("of the approver have none either", { timeout: 180_000 }, async () => {
    const places = { inbox: "/", request: `/requests/${asked.id}`, "sessions-approver": "/sessions" };
    expect(await judge(context.person("tanaka").page, "staff", places)).toEqual([]);
  });

  test("of the security officer have none either", { timeout: 180_000 }, async () => {
    const places = {
      "inbox-reader": "/",
      sessions: "/sessions",
      session: `/sessions/${session.id}`,
      grants: "/grants",
      locks: "/locks",
      log: "/log",
      agents: "/agents",
      "administration-checklist": "/administration/checklist",
      "administration-sites": "/administration/sites",
      "administration-people": "/administration/people",
      "account-staff": "/account",
      "administration-devices": "/administration/devices",
      "administration-agents": "/administration/agents",
      "administration-gateways": "/administration/gateways",
      "administration-approvers": "/administration/approvers",
      "administration-retention": "/administration/retention",
      "administration-installation": "/administration/installation",
      "administration-vendors": "/administration/vendors",
    };
    expect(await judge(context.person("yamada").page, "staff", places)).toEqual([]);
  });

  test("of the vendor's own administrator have none either", { timeout: 180_000 }, async () => {
    const world = await context.world();
    const of = { "--name": "森 明 (Mori Akira)", "--role": "vendor-administrator", "--vendor": "first" };
    await world.askAuthority("person add", { ...of, "--login": "mori" });
    const mori = await Person.sitDown("mori", "ja", context.chromium);
    listen(mori.page, heard);
    await mori.page.goto(String(await world.enrolmentLink("mori")));
    await mori.press("enrol.withPasskey");
    await until("sign-in", 15_000, async () => (await mori.ask("GET", "/api/me")).status === 200);
    const places = { "portal-chief": "/", "our-people": "/people" };
    expect(await judge(mori.page, "portal", places)).toEqual([]);
    await mori.context.close();
  });

  test("of whoever is still outside have none either", { timeout: 180_000 }, async () => {
    const stranger = await Person.sitDown("sato", "ja", context.chromium);
    listen(stranger.page, heard);
    for (const face of ["portal", "staff"] as const) {
      await stranger.page.goto(await origin(face));
      const places = { "sign-in": "/sign-in", enrol: "/enrol", "enrol-used": `/enrol#${"A".repeat(32)}` };
      expect(await judge(stranger.page, face, places)).toEqual([]);
    }
    await stranger.context.close();
  });

  test("lead back to where somebody wanted to go before signing in", async () => {
    const sato = context.person("sato");
    const portal = await origin("portal");
    await sato.page.goto(portal);
    // As from another tab: the page that is open notices by itself.
    await sato.post("/api/sign-out");
    await sato.page.waitForURL(`${portal}/sign-in`, { timeout: 5_000 });
    await sato.page.goto(`${portal}/device`);
    await sato.page.waitForURL(`${portal}/sign-in`);
    const language = (await sato.page.evaluate("document.documentElement.lang")) === "en" ? "en" : "ja";
    const name = language === "ja" ? "パスキーでサインイン" : "Sign in with a passkey";
    await sato.page.getByRole("button", { name, exact: true }).click();
    await sato.page.waitForURL(`${portal}/device`);
    await sato.page.getByRole("heading", { name: pageText(language, "device.title") }).waitFor();
  });

  test("break no rule of the content security policy", () => {
    expect(heard).toEqual([]);
  });

  test("would be found out: an image without words, a page too wide, a style in the markup, a foreign script", async () => {
    const sato = context.person("sato");
    const [look] = looks;
    if (!look) throw new Error("There is a look.");
    await sato.page.goto(await origin("portal"));
    await turn(sato.page, look);
    await sato.page.goto(`${await origin("portal")}/device`);
    expect(await faults(sato.page, "spoilt", look)).toEqual([]);
    const before = heard.length;
    await sato.page.evaluate(`{
      document.querySelector("main").insertAdjacentHTML("beforeend", '<img src="/assets/none"><p style="color: red">x</p>');
      document.querySelector("main").lastElementChild.style.width = "200vw";
      const script = document.createElement("script");
      script.textContent = "0";
      document.body.append(script);
    }`);
    const found = await faults(sato.page, "spoilt", look);
    expect(found.some((fault) => fault.startsWith("image-alt"))).toBe(true);
    expect(found).toContain("wider than the screen");
    const complaints = heard.splice(before);
    expect(complaints.some((text) => text.includes("style-src-attr"))).toBe(true);
    expect(complaints.some((text) => text.includes("script-src"))).toBe(true);
  });
});
