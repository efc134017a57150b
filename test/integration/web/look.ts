import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { Language } from "../../story/parts/text.ts";
import { until } from "../../story/parts/wait.ts";

export interface Look {
  readonly language: Language;
  readonly width: 1280 | 390;
  readonly scheme: "light" | "dark";
}

/** Both languages at both widths, and both colour schemes. */
export const looks: readonly Look[] = [
  { language: "ja", width: 1280, scheme: "light" },
  { language: "ja", width: 390, scheme: "dark" },
  { language: "en", width: 1280, scheme: "dark" },
  { language: "en", width: 390, scheme: "light" },
];

/** Folder for pictures of every page, for whoever wants to look; none are taken unless it is named. */
const pictures = process.env.GENKAN_PICTURES;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Axe {
  axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
}

/** Adds to `heard` what a browser reports against the page: violations of the policy, and errors of its scripts. */
export function listen(page: Page, heard: string[]): void {
  // A refused call is an answer, not a fault of the page; so is a refused connection for live events.
  const refusal =
    /^Failed to load resource|^WebSocket connection to '\S+\/api\/events' failed: HTTP Authentication failed/;
  page.on("console", (message) => {
    if (message.type() === "error" && !refusal.test(message.text())) heard.push(message.text());
  });
  page.on("pageerror", (error) => heard.push(error.message));
}

/** Turns the open page to this look; a page that is shown for the first time takes the language from its storage. */
export async function turn(page: Page, look: Look): Promise<void> {
  await page.setViewportSize({ width: look.width, height: look.width === 390 ? 844 : 860 });
  await page.emulateMedia({ colorScheme: look.scheme });
  await page.evaluate(`localStorage.setItem("genkan.language", ${JSON.stringify(look.language)})`);
}

/** Faults that a person with or without sight would meet on this page as it stands; none is the aim. */
export async function faults(page: Page, name: string, look: Look): Promise<string[]> {
  await page.getByRole("heading", { level: 1 }).waitFor();
  await until("loaded page", 10_000, async () => (await page.locator("[aria-busy=true]").count()) === 0);
  if (pictures !== undefined) {
    mkdirSync(pictures, { recursive: true });
    const file = `${name}-${look.language}-${look.width}-${look.scheme}.png`;
    await page.screenshot({ path: join(pictures, file), fullPage: true });
  }
  await page.evaluate(axe);
  const found = await page.evaluate(async () => (await (globalThis as unknown as Axe).axe.run()).violations);
  const list = found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" ")}`);
  if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) list.push("wider than the screen");
  if ((await page.evaluate("document.documentElement.lang")) !== look.language) list.push("in the other language");
  return list;
}
