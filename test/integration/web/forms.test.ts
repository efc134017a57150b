import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginAgent } from "../../../bin/start/begin.ts";
import type { RetentionList } from "../../../protocol/api/retention.ts";
import type { TrustList } from "../../../protocol/api/trust.ts";
import { Context } from "../../story/context.ts";
import { enrol } from "../../story/parts/enrol.ts";
import { type Language, pageText } from "../../story/parts/text.ts";
import { faults, listen, looks, turn } from "./look.ts";

/** A form of the page: where it is, and the buttons that open it, by their texts. */
interface Form {
  readonly path: string;
  readonly press: readonly string[];
}

const ofAdministrator: Readonly<Record<string, Form>> = {
  site: { path: "/administration/sites", press: ["record.edit"] },
  invite: { path: "/administration/people", press: ["person.invite"] },
  roles: { path: "/administration/people", press: ["person.changeRoles"] },
  recover: { path: "/administration/people", press: ["person.recover"] },
  vendor: { path: "/administration/vendors", press: ["record.edit"] },
  paper: { path: "/administration/vendors", press: ["vendor.addPaper"] },
  offboard: { path: "/administration/vendors", press: ["vendor.offboardOpen"] },
  device: { path: "/administration/devices", press: ["devices.add"] },
  service: { path: "/administration/devices", press: ["port.add"] },
  contract: { path: "/administration/devices", press: ["contract.add"] },
  token: { path: "/administration/agents", press: ["host.token"] },
  rules: { path: "/administration/approvers", press: ["approverRules.edit"] },
  retention: { path: "/administration/retention", press: ["record.edit"] },
  passkey: { path: "/account", press: ["account.addPasskey"] },
  rename: { path: "/account", press: ["account.rename"] },
};

/** The real pages in a real browser: each form that an administrator, or anybody of their own account, is asked to fill. */
describe("a form in a dialog", () => {
  const context = new Context({ tls: false }, () => {});
  const heard: string[] = [];
  let page: Page;
  let origin: string;

  beforeAll(async () => {
    const world = await context.world();
    for (const login of ["tanaka", "yamada"] as const) await enrol(context, login, "ja");
    await beginAgent(world, context.options);
    ({ page } = context.person("yamada"));
    listen(page, heard);
    origin = world.addresses.staffOrigin;
  }, 120_000);

  afterAll(() => context.end(), 30_000);

  const button = (within: Page | Locator, language: Language, key: string) =>
    within.getByRole("button", { name: pageText(language, key), exact: true }).first();

  async function open({ path, press }: Form, language: Language): Promise<Locator> {
    await page.goto("about:blank");
    await page.goto(origin + path);
    for (const key of press) await button(page, language, key).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    return dialog;
  }

  test("begins with what was saved when it is opened again, also by somebody else", { timeout: 60_000 }, async () => {
    await turn(page, looks[0] ?? { language: "ja", width: 1280, scheme: "light" });
    const form = ofAdministrator["site"] as Form;
    const field = (dialog: Locator) => dialog.getByLabel(pageText("ja", "site.contact"));
    for (const contact of ["内線 1111", "内線 2222"]) {
      const dialog = await open(form, "ja");
      await field(dialog).fill(contact);
      await button(dialog, "ja", "record.save").click();
      await dialog.waitFor({ state: "detached" });
      // Without a new page in between.
      await button(page, "ja", "record.edit").click();
      expect(await field(page.getByRole("dialog")).inputValue()).toBe(contact);
      await button(page.getByRole("dialog"), "ja", "shell.back").click();
    }
    const { sites } = await context
      .person("yamada")
      .get<{ sites: { id: string; name: string; zone: string }[] }>("/api/sites");
    const [{ id, name, zone } = { id: "", name: "", zone: "" }] = sites;
    await context.person("yamada").post(`/api/sites/${id}`, { name, zone, contact: "内線 3333" });
    await page.getByText("内線 3333").waitFor();
    await button(page, "ja", "record.edit").click();
    expect(await field(page.getByRole("dialog")).inputValue()).toBe("内線 3333");
  });

  test("proposes who must approve, and refuses what nobody could meet", { timeout: 60_000 }, async () => {
    await turn(page, looks[0] ?? { language: "ja", width: 1280, scheme: "light" });
    const dialog = await open(ofAdministrator["rules"] as Form, "ja");
    const normal = dialog.getByRole("group", { name: pageText("ja", "trust.normal"), exact: true });
    await normal.getByLabel(pageText("ja", "approverRules.persons")).selectOption("2");
    await button(dialog, "ja", "approverRules.propose").click();
    await dialog.getByRole("alert").waitFor();
    // One approver alone: the officer, who has a passkey too, is to count as well.
    await normal.getByLabel(pageText("ja", "role.officer"), { exact: true }).check();
    await button(dialog, "ja", "approverRules.propose").click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: pageText("ja", "approverRules.waiting") }).waitFor();
    const { sites } = await context.person("yamada").get<TrustList>("/api/trust");
    const rules = sites.map(({ current, proposed }) => [current?.rules.normal, proposed?.rules.normal]);
    expect(rules).toEqual([[[{ roles: ["approver"], persons: 1 }], [{ roles: ["approver", "officer"], persons: 2 }]]]);
  });

  test("says for how many days a site keeps what; an emptied field is without end", { timeout: 60_000 }, async () => {
    await turn(page, looks[0] ?? { language: "ja", width: 1280, scheme: "light" });
    for (const [typed, said] of [
      ["400", 400],
      ["", null],
    ] as const) {
      const dialog = await open(ofAdministrator["retention"] as Form, "ja");
      await dialog.getByLabel(pageText("ja", "retention.log")).fill(typed);
      await button(dialog, "ja", "record.save").click();
      await dialog.waitFor({ state: "detached" });
      const { sites } = await context.person("yamada").get<RetentionList>("/api/retention");
      expect(sites.map(({ logDays }) => logDays)).toEqual([said]);
    }
  });

  test("has no fault at any width, in either language or scheme", { timeout: 240_000 }, async () => {
    const found: string[] = [];
    for (const look of looks) {
      await page.goto(origin);
      await turn(page, look);
      for (const [name, form] of Object.entries(ofAdministrator)) {
        await open(form, look.language);
        const here = await faults(page, `form-${name}`, look);
        found.push(...here.map((fault) => `${name} ${look.language} ${look.width} ${look.scheme}: ${fault}`));
      }
    }
    expect(found).toEqual([]);
    expect(heard).toEqual([]);
  });
});
