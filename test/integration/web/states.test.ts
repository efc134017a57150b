import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginAgent } from "../../../bin/start/begin.ts";
import type { World } from "../../../bin/start/world.ts";
import { verifyRequest } from "../../../crypto/access-request.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { LockView } from "../../../protocol/api/lock.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { asThumbprint } from "../../brand.ts";
import { Context } from "../../story/context.ts";
import { enrol } from "../../story/parts/enrol.ts";
import { openOnPage, pressApprove } from "../../story/parts/pages.ts";
import { Person } from "../../story/parts/person.ts";
import { approve, request, sampleWith, windowFromNow } from "../../story/parts/request.ts";
import { type Language, pageText } from "../../story/parts/text.ts";
import { until } from "../../story/parts/wait.ts";
import { faults, looks } from "./look.ts";

const hourMs = 3_600_000;

/** Whatever is not as it should be is said in words, with what to do next, in both languages and on every screen. */
describe("a person is told", () => {
  const context = new Context({ tls: false }, () => {});
  let world: World;
  let sato: Person;
  let tanaka: Person;
  let yamada: Person;
  let grant: GrantView;
  let usedLink: string;

  beforeAll(async () => {
    world = await context.world();
    usedLink = String(await world.enrolmentLink("sato"));
    for (const login of ["sato", "tanaka", "yamada"] as const) await enrol(context, login, "ja");
    [sato, tanaka, yamada] = [context.person("sato"), context.person("tanaka"), context.person("yamada")];
    await beginAgent(world, context.options);
    const { fingerprint } = await world.agent.waitFor("trust-proposed", 60_000);
    await world.acceptTrust(String(fingerprint));
    grant = await approve(tanaka, await request(sato, await sampleWith(sato, "http"), windowFromNow(0, hourMs)));
    await home();
  }, 180_000);

  afterAll(() => context.end(), 30_000);

  const home = () => sato.page.goto(world.addresses.portalOrigin);
  const openButton = () => sato.page.getByRole("button", { name: /^(ブラウザーで開く|Open in browser)/ }).first();

  /** Turns the page through every look without loading it anew; each must say all of this, and have no fault. */
  async function says(page: Page, name: string, ...keys: string[]): Promise<void> {
    const found: string[] = [];
    for (const look of looks) {
      await page.setViewportSize({ width: look.width, height: look.width === 390 ? 844 : 860 });
      await page.emulateMedia({ colorScheme: look.scheme });
      await speak(page, look.language);
      for (const key of keys) {
        const [start = ""] = pageText(look.language, key).split("{{");
        await page.getByText(start, { exact: false }).first().waitFor();
      }
      found.push(...(await faults(page, `state-${name}`, look)));
    }
    await speak(page, "ja");
    expect(found).toEqual([]);
  }

  async function speak(page: Page, language: Language): Promise<void> {
    if ((await page.evaluate("document.documentElement.lang")) === language) return;
    await page.getByRole("button", { name: language === "ja" ? "日本語" : "English", exact: true }).click();
  }

  /** Presses open on the portal, which must be refused with this text. */
  async function refused(key: string): Promise<void> {
    await openButton().click();
    await sato.page.getByRole("alert").getByText(sato.text(key)).waitFor();
  }

  const lock = (kind: string, target: string | null) =>
    yamada.post<LockView>("/api/locks", { kind, target, reason: "確認のため" });
  const lift = ({ id }: LockView) => yamada.post(`/api/locks/${id}/lift`, { reason: "確認が済んだ" });

  test("that an enrolment link was used, and whom to ask for another", async () => {
    const stranger = await Person.sitDown("stranger", "ja", context.chromium);
    await stranger.page.goto(usedLink);
    await says(stranger.page, "link-used", "codes.error.enrolment-invalid");
    await stranger.context.close();
  });

  test("that no passkey was used, where there is none, and where the prompt was left", async () => {
    const stranger = await Person.sitDown("stranger", "ja", context.chromium);
    await stranger.page.goto(`${world.addresses.portalOrigin}/sign-in`);
    await stranger.press("signIn.withPasskey");
    await says(stranger.page, "passkey-missing", "passkey.unanswered", "passkeyNext.unanswered");
    await stranger.context.close();

    const left = await request(sato, await sampleWith(sato, "tcp"), windowFromNow(0, hourMs));
    await tanaka.page.goto(`${world.addresses.staffOrigin}/requests/${left.id}`);
    await tanaka.verifies(false);
    await pressApprove(tanaka);
    await says(tanaka.page, "passkey-left", "passkey.unanswered", "passkeyNext.unanswered");
    await tanaka.verifies(true);
    expect((await tanaka.get<RequestView>(`/api/requests/${left.id}`)).state).toBe("pending");
  });

  test("that a window has not begun, is over, or was revoked, and why", async () => {
    const device = await sampleWith(sato, "http");
    const later = await approve(tanaka, await request(sato, device, windowFromNow(2 * hourMs, hourMs)));
    await home();
    await says(sato.page, "window-not-begun", "state.grant.scheduled", "time.begins");
    expect(
      await sato.page
        .getByRole("button", { name: /^(ブラウザーで開く)/ })
        .nth(1)
        .isDisabled(),
    ).toBe(true);
    await tanaka.post(`/api/grants/${later.id}/revocation`, { reason: "日程の変更" });
    const short = await approve(tanaka, await request(sato, device, windowFromNow(0, 4_000)));
    await until("end of the window", 10_000, () => Date.now() > Date.parse(short.windows[0]?.end ?? "") + 500);
    await home();
    await sato.page.locator("summary").click();
    await sato.page.getByText("日程の変更").waitFor();
    await says(sato.page, "window-closed", "state.grant.closed", "state.grant.revoked", "home.revokedBecause");
  });

  test("that somebody locked the person, the workstation or everything", async () => {
    await home();
    const person = await lock("person", grant.person.id);
    await refused("codes.deny.locked");
    await says(sato.page, "locked", "codes.deny.locked");
    await lift(person);
    for (const [kind, target] of [
      ["workstation", grant.workstation.id],
      ["everything", null],
    ] as const) {
      await home();
      const set = await lock(kind, target);
      await refused("codes.deny.locked");
      await lift(set);
    }
  });

  test("that a session ended, why, and that the device's tab answers no longer", async () => {
    await home();
    const device = await openOnPage(sato, grant);
    await device.getByText("ナースコール管理").first().waitFor();

    const stranger = await Person.sitDown("stranger", "ja", context.chromium);
    await stranger.page.goto(device.url());
    await stranger.page.getByText("このページを開く許可が確認できません").waitFor();
    await stranger.page.getByText(/press “Open in browser”/).waitFor();
    for (const look of looks.filter(({ language }) => language === "ja")) {
      await stranger.page.setViewportSize({ width: look.width, height: 844 });
      await stranger.page.emulateMedia({ colorScheme: look.scheme });
      expect(await stranger.page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    }
    await stranger.context.close();

    const { sessions } = await yamada.get<{ sessions: SessionView[] }>("/api/sessions");
    const live = sessions.find(({ state }) => state === "live");
    await yamada.post(`/api/sessions/${live?.id}/end`, { reason: "確認のため" });
    await says(sato.page, "session-ended", "codes.end.ended-by-staff");
    await expect(device.reload()).rejects.toThrow("ERR_CONNECTION");
    await device.close();
  });

  test("that a recording goes on, and reads the rest of it", async () => {
    const { page } = yamada;
    const { sessions } = await yamada.get<{ sessions: SessionView[] }>("/api/sessions");
    const url = `/api/sessions/${sessions[0]?.id}/entries`;
    const { entries } = await yamada.get<{ entries: unknown[] }>(`${url}?from=0`);
    expect(entries.length).toBeGreaterThan(1);
    // Its first page is as short as can be; what follows is the server's own.
    const first = { entries: entries.slice(0, 1), next: 1 };
    await page.route(`**${url}?from=0`, (route) => route.fulfill({ json: first }));
    await page.goto(`${world.addresses.staffOrigin}/sessions/${sessions[0]?.id}`);
    await says(page, "recording-goes-on", "session.moreEntries");
    const rows = page.locator("tbody tr");
    expect(await rows.count()).toBe(1);
    await yamada.press("session.moreEntries");
    await until("the rest", 10_000, async () => (await rows.count()) === entries.length);
    await page.unroute(`**${url}?from=0`);
  });

  test("that the sign-in ended while typing: nothing that was typed is lost, and a double click sends once", async () => {
    const { page } = sato;
    const before = (await sato.get<{ requests: unknown[] }>("/api/requests")).requests.length;
    await page.goto(`${world.addresses.portalOrigin}/requests/new`);
    await page.getByRole("radio", { name: /ナースコール/ }).check();
    await page.getByText(sato.text("ask.missing", { what: sato.text("ask.window") })).waitFor();
    await page.getByRole("button", { name: sato.text("ask.quick", { hours: "1" }), exact: true }).click();
    await page.getByLabel(sato.text("ask.reason")).fill("途中で切れた理由");
    await page.reload();
    await page.getByLabel(sato.text("ask.plan")).fill("1. 続きを書く");
    const apart = await sato.context.newPage();
    await apart.goto(world.addresses.portalOrigin);
    await apart.evaluate(
      `fetch("/api/sign-out", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })`,
    );
    await apart.close();
    await page.waitForURL("**/sign-in", { timeout: 30_000 });
    await says(page, "sign-in-ended", "signIn.lapsed", "signIn.lapsedHelp");
    await sato.press("signIn.withPasskey");
    await page.waitForURL("**/requests/new");
    expect(await page.getByLabel(sato.text("ask.reason")).inputValue()).toBe("途中で切れた理由");
    expect(await page.getByLabel(sato.text("ask.plan")).inputValue()).toBe("1. 続きを書く");
    const send = page.getByRole("button", { name: sato.text("place.ask"), exact: true });
    await until("workstation", 5_000, () => send.isEnabled());
    await send.dblclick();
    await page.getByText(sato.text("ask.sent")).waitFor();
    expect((await sato.get<{ requests: unknown[] }>("/api/requests")).requests.length).toBe(before + 1);
    expect(await page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('genkan.draft'))")).toEqual(
      [],
    );
  });

  test("nothing of a key that the authority alone calls the workstation's: the request names the browser's own", async () => {
    const { page } = sato;
    const foreign = "B".repeat(43);
    const signed: string[] = [];
    await home();
    const me = await sato.get<Me>("/api/me");
    me.workstation?.thumbprints.unshift(asThumbprint(foreign));
    await page.route("**/api/me", (route) => route.fulfill({ json: me }));
    await page.route("**/api/requests", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      signed.push((route.request().postDataJSON() as { request: string }).request);
      await route.abort();
    });
    await page.goto(`${world.addresses.portalOrigin}/requests/new`);
    await page.getByRole("radio", { name: /ナースコール/ }).check();
    await page.getByRole("button", { name: sato.text("ask.quick", { hours: "1" }), exact: true }).click();
    await page.getByLabel(sato.text("ask.reason")).fill("点検");
    await page.getByLabel(sato.text("ask.plan")).fill("1. 見る");
    await sato.press("place.ask");
    await until("signed request", 10_000, () => signed.length > 0);
    const { request: said, signer } = await verifyRequest(signed[0] ?? "");
    expect(said.workstation.thumbprints).toEqual([signer]);
    await page.unroute("**/api/me");
    await page.unroute("**/api/requests");
    await page.evaluate("sessionStorage.clear()");
  });

  test("that a sign-out did not reach the server: it is shown as none", async () => {
    const { page } = sato;
    await home();
    await page.route("**/api/sign-out", (route) => route.abort());
    await page.getByRole("button", { name: "佐藤" }).click();
    await sato.press("shell.signOut");
    await page.getByRole("alert").getByText(sato.text("shell.signOutFailed")).waitFor();
    expect(page.url()).toBe(`${world.addresses.portalOrigin}/`);
    expect((await sato.ask("GET", "/api/me")).status).toBe(200);
    await page.unroute("**/api/sign-out");
  });

  test("that a typed code is over, and types the next one on the same page; a code in a link is asked for no more than any other", async () => {
    const { page } = sato;
    const field = page.getByLabel(sato.text("device.code"));
    const expired = {
      userCode: "ABCD-EFGH",
      label: "bench",
      address: "127.0.0.1",
      createdAt: grant.windows[0]?.start,
      thumbprint: "A".repeat(43),
    };
    await page.route("**/api/device-codes/lookup", (route) =>
      route.fulfill({ json: { ...expired, expiresAt: grant.windows[0]?.start } }),
    );
    await page.goto(`${world.addresses.portalOrigin}/device`);
    await field.fill("abcd efgh");
    await sato.press("device.find");
    await sato.press("device.confirm");
    await says(page, "code-over", "device.unknown", "device.another");
    await sato.press("device.another");
    expect(await field.inputValue()).toBe("");
    await page.unroute("**/api/device-codes/lookup");
    const asked: unknown[] = [];
    await page.route("**/api/device-codes/lookup", (route) => {
      asked.push(route.request().postDataJSON());
      return route.continue();
    });
    for (const link of ["#WXYZ-1234", "?user_code=WXYZ-1234", "?code=WXYZ-1234#WXYZ-1234"]) {
      await page.goto("about:blank");
      await page.goto(`${world.addresses.portalOrigin}/device${link}`);
      expect(await field.inputValue()).toBe("");
    }
    await page.evaluate("location.hash = '#WXYZ-1234'");
    await field.fill("GHJK-5678");
    await sato.press("device.find");
    await page.getByRole("alert").getByText(sato.text("device.unknown")).waitFor();
    expect(asked).toEqual([{ userCode: "GHJK-5678" }]);
    await page.unroute("**/api/device-codes/lookup");
  });

  /** What the store says when its disk is full. */
  const unavailable = {
    status: 503,
    contentType: "application/problem+json",
    body: JSON.stringify({
      type: "urn:genkan:error:store-unavailable",
      title: "",
      status: 503,
      code: "store-unavailable",
    }),
  };

  test("that the targets of a lock can't be had", async () => {
    const { page } = yamada;
    await page.route("**/api/people", (route) => route.fulfill(unavailable));
    await page.goto(`${world.addresses.staffOrigin}/locks`);
    await says(page, "lock-targets-missing", "lock.targetsMissing");
    await page.unroute("**/api/people");
    await yamada.press("shell.tryAgain");
    await page.getByRole("option", { name: /^佐藤/ }).waitFor({ state: "attached" });
  });

  test("that a lock failed, though Escape was pressed meanwhile; its reason outlives a reload, and no other lock's", async () => {
    const { page } = yamada;
    const dialog = page.getByRole("dialog");
    const reason = dialog.getByRole("textbox");
    const target = page.getByLabel(yamada.text("lock.target"));
    const begin = async (name: RegExp) => {
      const option = page.getByRole("option", { name });
      await option.waitFor({ state: "attached" });
      await target.selectOption(await option.getAttribute("value"));
      await yamada.press("lock.lock");
    };
    let answer = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/api/locks", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      await held;
      await route.fulfill(unavailable);
    });
    await page.goto(`${world.addresses.staffOrigin}/locks`);
    await begin(/^田中/);
    await reason.fill("端末の紛失");
    await yamada.press("lock.lockNow");
    // The second Escape is one that a page can't refuse.
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    answer();
    await dialog.getByRole("alert").getByText(yamada.text("codes.error.store-unavailable")).waitFor();
    await page.unroute("**/api/locks");
    await page.reload();
    await begin(/^佐藤/);
    expect(await reason.inputValue()).toBe("");
    await yamada.press("shell.back");
    await begin(/^田中/);
    expect(await reason.inputValue()).toBe("端末の紛失");
    await yamada.press("shell.back");
  });

  test("that the agent is away, or its clock is wrong, and who can mend it", async () => {
    await home();
    await world.agent.stop();
    await sato.page.getByText(sato.text("home.agentAway")).waitFor();
    await openButton().click();
    await says(sato.page, "agent-away", "home.agentAway", "codes.deny.agent-away");
    await yamada.page.goto(`${world.addresses.staffOrigin}/agents`);
    await says(yamada.page, "agent-away-staff", "agent.away");

    const options = process.env.NODE_OPTIONS;
    process.env.NODE_OPTIONS = `--import ${new URL("./clock-ahead.ts", import.meta.url).href}`;
    const since = world.agent.events.length;
    world.agent.start();
    if (options === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = options;
    await world.agent.waitFor("connected", 60_000, { since });
    await home();
    await refused("codes.error.clock-skew");
    await says(sato.page, "clock-wrong", "codes.error.clock-skew");
    await says(yamada.page, "clock-wrong-staff", "agent.skewTooLarge");
    await world.agent.restart();
  });

  test("that the gateway is away; the page goes on by itself when it is back", async () => {
    await home();
    await yamada.page.goto(`${world.addresses.staffOrigin}/agents`);
    await openButton().waitFor();
    const since = world.authority.events.length;
    await world.gateway.stop();
    try {
      await refused("codes.error.server-unreachable");
      await says(sato.page, "gateway-away", "codes.error.server-unreachable", "shell.reconnecting");
      await says(yamada.page, "gateway-away-staff", "agent.away");
    } finally {
      world.gateway.start();
    }
    await world.authority.waitFor("gateway-connected", 60_000, { since });
    await sato.page.getByText(sato.text("shell.live"), { exact: true }).waitFor();
  });
});
