import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginAgent } from "../../../bin/start/begin.ts";
import type { World } from "../../../bin/start/world.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { TrustList } from "../../../protocol/api/trust.ts";
import { Context } from "../../story/context.ts";
import { enrol } from "../../story/parts/enrol.ts";
import { openOnPage, pressApprove } from "../../story/parts/pages.ts";
import { Person } from "../../story/parts/person.ts";
import { grantOf, request, sampleWith, windowFromNow } from "../../story/parts/request.ts";
import { until } from "../../story/parts/wait.ts";
import { faults, looks, turn } from "./look.ts";

const hourMs = 3_600_000;
const name = "鈴木 一郎 (Suzuki Ichiro)";

/** A second approver joins a hospital whose agents trust the first: over the real parts, at the real pages. */
describe("a second approver", () => {
  const context = new Context({ tls: false }, () => {});
  let world: World;
  let sato: Person;
  let tanaka: Person;
  let suzuki: Person;
  let asked: RequestView;

  beforeAll(async () => {
    world = await context.world();
    await enrol(context, "sato", "ja");
    await enrol(context, "tanaka", "ja");
    sato = context.person("sato");
    tanaka = context.person("tanaka");
    await beginAgent(world, context.options);
    const { fingerprint } = await world.agent.waitFor("trust-proposed", 60_000);
    await world.acceptTrust(String(fingerprint));
    asked = await request(sato, await sampleWith(sato, "http"), windowFromNow(0, hourMs));
  }, 180_000);

  afterAll(() => context.end(), 30_000);

  /** The page in both languages, at both widths and in both schemes. */
  async function judge(page: Page, shown: string, url: string): Promise<string[]> {
    const found: string[] = [];
    for (const look of looks) {
      await turn(page, look);
      await page.goto("about:blank");
      await page.goto(url);
      found.push(...(await faults(page, shown, look)));
    }
    const [first] = looks;
    if (first) await turn(page, first);
    await page.goto(url);
    return found;
  }

  test("is added on the authority's host, once, with a role that there is, and enrols by a link", async () => {
    const person = { "--name": name, "--login": "suzuki", "--site": "first" };
    await expect(world.askAuthority("person add", { ...person, "--role": "king" })).rejects.toThrow("no role");
    await expect(
      world.askAuthority("person add", { ...person, "--role": "approver", "--vendor": "first" }),
    ).rejects.toThrow("site or to a vendor");
    await world.askAuthority("person add", { ...person, "--role": "approver" });
    await expect(world.askAuthority("person add", { ...person, "--role": "approver" })).rejects.toThrow("known as");
    const link = await world.enrolmentLink("suzuki");
    suzuki = await Person.sitDown("suzuki", "ja", context.chromium);
    await suzuki.page.goto(String(link));
    await suzuki.press("enrol.withPasskey");
    await suzuki.page.getByRole("navigation").waitFor();
  }, 30_000);

  test("can't approve yet: the page says why and who can mend it, and the authority refuses", async () => {
    const url = `${world.addresses.staffOrigin}/requests/${asked.id}`;
    expect(await judge(suzuki.page, "approval-waits", url)).toEqual([]);
    await suzuki.page.getByText(suzuki.text("approval.waits")).waitFor();
    const button = suzuki.page.getByRole("button", { name: suzuki.text("approval.approve"), exact: true });
    expect(await button.isDisabled()).toBe(true);
    const begun = await suzuki.ask<{ code: string }>("POST", `/api/requests/${asked.id}/approval/begin`, {
      windows: asked.windows,
    });
    expect(begun.body.code).toBe("trust-refused");
    await suzuki.page.getByRole("note").getByRole("link").click();
    await suzuki.page.getByText(suzuki.text("trust.othersSign")).waitFor();
    expect(await suzuki.page.getByRole("button", { name: suzuki.text("trust.sign"), exact: true }).count()).toBe(0);
  }, 180_000);

  test("is proposed to the first, who signs the list with the passkey on the page; the agent pins it by itself", async () => {
    const url = `${world.addresses.staffOrigin}/agents`;
    expect(await judge(tanaka.page, "trust-proposed", url)).toEqual([]);
    const card = tanaka.page.getByText(tanaka.text("trust.proposedHelp"));
    await card.waitFor();
    await tanaka.page.getByText(name, { exact: true }).waitFor();
    const since = world.agent.events.length;
    await tanaka.press("trust.sign");
    const pinned = await world.agent.waitFor("trust-pinned", 60_000, { since });
    expect(pinned.version).toBe(2);
    const [trust] = (await tanaka.get<TrustList>("/api/trust")).sites;
    expect([trust?.current?.version, trust?.proposed]).toEqual([2, null]);
    await card.waitFor({ state: "detached" });
  }, 180_000);

  test("then approves, and the agent opens the session on that signature", async () => {
    await suzuki.page.goto(`${world.addresses.staffOrigin}/requests/${asked.id}`);
    await pressApprove(suzuki);
    const { grant } = await until("approval", 15_000, async () => {
      const now = await suzuki.get<RequestView>(`/api/requests/${asked.id}`);
      return now.state === "approved" && now;
    });
    await sato.page.goto(world.addresses.portalOrigin);
    const device = await openOnPage(sato, await grantOf(sato, String(grant)));
    await device.getByText("ナースコール管理").first().waitFor();
  }, 30_000);

  test("is needed besides the first once the hospital requires two: each page shows who has approved and who is missing", async () => {
    await expect(world.askAuthority("approvers", { "--require": "officer:1" })).rejects.toThrow("enrolled");
    await world.askAuthority("approvers", { "--require": "approver:2" });
    const staff = world.addresses.staffOrigin;
    expect(await judge(tanaka.page, "trust-requirements", `${staff}/agents`)).toEqual([]);
    const since = world.agent.events.length;
    await tanaka.press("trust.sign");
    await world.agent.waitFor("trust-pinned", 15_000, { since });

    const both = await request(sato, await sampleWith(sato, "tcp"), windowFromNow(0, hourMs));
    const said = (person: Person, filled: number) =>
      person.text("request.approvals.progress").replace("{{filled}}", String(filled)).replace("{{places}}", "2");
    await tanaka.page.goto(`${staff}/requests/${both.id}`);
    await tanaka.page.getByText(said(tanaka, 0)).waitFor();
    await pressApprove(tanaka);
    await tanaka.page.getByText(tanaka.text("approval.signed")).waitFor();
    expect(await judge(tanaka.page, "approval-half-approver", `${staff}/requests/${both.id}`)).toEqual([]);
    const waiting = await sato.get<RequestView>(`/api/requests/${both.id}`);
    expect([waiting.state, waiting.grant, waiting.approval?.filled]).toEqual(["pending", null, 1]);
    const own = `${world.addresses.portalOrigin}/requests/${both.id}`;
    expect(await judge(sato.page, "approval-half-requester", own)).toEqual([]);
    await sato.page.getByText(said(sato, 1)).waitFor();

    expect(await judge(suzuki.page, "approval-half-second", `${staff}/requests/${both.id}`)).toEqual([]);
    await suzuki.page.getByText(suzuki.text("approval.settled")).waitFor();
    await pressApprove(suzuki);
    const { grant } = await until("the second approval", 15_000, async () => {
      const now = await suzuki.get<RequestView>(`/api/requests/${both.id}`);
      return now.state === "approved" && now;
    });
    expect((await grantOf(sato, String(grant))).approvers).toHaveLength(2);
  }, 180_000);
});
