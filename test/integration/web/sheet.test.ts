import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginAgent } from "../../../bin/start/begin.ts";
import { Context } from "../../story/context.ts";
import { enrol } from "../../story/parts/enrol.ts";
import { type Language, pageText } from "../../story/parts/text.ts";
import { faults, listen, looks, turn } from "./look.ts";

const places = { device: "/administration/devices", person: "/administration/people" } as const;
type Kind = keyof typeof places;

/** The real pages in a real browser, as whoever administers the sample hospital meets them. */
describe("a CSV file on the pages", () => {
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

  async function exported(kind: Kind, language: Language): Promise<string> {
    await page.goto(origin + places[kind]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: pageText(language, "sheet.export"), exact: true }).click(),
    ]);
    return readFileSync(await download.path(), "utf8");
  }

  /** Opens the form and chooses a file; what would become of each line is shown then. */
  async function choose(kind: Kind, language: Language, text: string) {
    await page.goto("about:blank");
    await page.goto(origin + places[kind]);
    await page.getByRole("button", { name: pageText(language, "sheet.import"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    const file = { name: "file.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
    await dialog.getByLabel(pageText(language, "sheet.file")).setInputFiles(file);
    await dialog.getByRole("table").waitFor();
    return {
      dialog,
      confirm: dialog.getByRole("button", { name: pageText(language, "sheet.confirm"), exact: true }),
      fates: () => dialog.locator("tbody tr td:last-child").allInnerTexts(),
    };
  }

  test.each(["device", "person"] as const)("of each %s that was exported says nothing new", async (kind) => {
    await turn(page, looks[0] ?? { language: "ja", width: 1280, scheme: "light" });
    const { confirm, fates } = await choose(kind, "ja", await exported(kind, "ja"));
    const all = await fates();
    expect(all.length).toBeGreaterThan(1);
    expect(all.filter((fate) => !fate.includes(pageText("ja", "sheet.unchanged")))).toEqual([]);
    expect(await confirm.isDisabled()).toBe(true);
  });

  test("is taken once its lines were looked at, and not while one is refused", { timeout: 60_000 }, async () => {
    await turn(page, looks[0] ?? { language: "ja", width: 1280, scheme: "light" });
    const [head = "", first = ""] = (await exported("device", "ja")).split("\r\n");
    const row = first.split(",");
    const column = (name: string) => head.replace("\ufeff", "").split(",").indexOf(name);
    const [agent, vendor] = [row[column("agent")], row[column("vendor")]];
    const bad = `name,agent,vendor\n取り込んだ機器,${agent},${vendor}\nもう一台,ない,${vendor}\n`;
    const { dialog, confirm } = await choose("device", "ja", bad);
    await dialog.getByText(pageText("ja", "lineFaults.name-unknown")).waitFor();
    expect(await confirm.isDisabled()).toBe(true);
    const good = await choose("device", "ja", bad.split("\n").slice(0, 2).join("\n"));
    await good.confirm.click();
    await good.dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "取り込んだ機器" }).waitFor();
  });

  test("has no fault at any width, in either language or scheme", { timeout: 240_000 }, async () => {
    const found: string[] = [];
    for (const look of looks) {
      await page.goto(origin);
      await turn(page, look);
      for (const kind of ["device", "person"] as const) {
        const text = await exported(kind, look.language);
        const [head = ""] = text.split("\r\n");
        await choose(kind, look.language, `${text}${"=とても長い名前の行".padEnd(head.length, ",")}\r\n`);
        const here = await faults(page, `import-${kind}`, look);
        found.push(...here.map((fault) => `${kind} ${look.language} ${look.width} ${look.scheme}: ${fault}`));
      }
    }
    expect(found).toEqual([]);
    expect(heard).toEqual([]);
  });
});
