import type { Page } from "playwright-core";

/** What somebody sees who opens an old device's page. */
export interface Seen {
  readonly status: number;
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

/** Undefined where the browser shows a page of its own about what went wrong. */
export async function look(page: Page, url: string): Promise<Seen | undefined> {
  // A page whose end does not come stays as far as it has come, and never says that it is complete.
  const broken = page.waitForEvent("requestfailed", { predicate: (one) => one.isNavigationRequest(), timeout: 20_000 });
  broken.catch(() => {});
  const answer = await page.goto(url, { waitUntil: "commit" }).catch(() => null);
  if (!answer) {
    // The browser's own page comes by itself, and would interrupt whatever is opened next.
    await page.waitForURL("chrome-error://chromewebdata/");
    return undefined;
  }
  const shown = page.waitForFunction(`document.readyState === "complete" && document.title !== "busy"`, undefined, {
    timeout: 20_000,
  });
  shown.catch(() => {});
  await Promise.race([shown, broken]);
  const text = await page.evaluate<string>("document.body?.innerText ?? ''");
  const { pathname } = new URL(page.url());
  return { status: shownStatus(answer.status()), path: pathname, title: await page.title(), text: text.trim() };
}

/** What no other connection can carry is no different on the screen. */
const shownStatus = (status: number) => (status >= 100 && status <= 999 ? status : 200);
