import { type Browser, type BrowserContext, chromium } from "playwright-core";

export const chromiumPath = "/usr/bin/chromium";

/** One real Chromium for the whole story; each person has a context of their own in it, so no cookie is shared. */
export class Chromium {
  #browser: Promise<Browser> | undefined;

  async newContext(locale: string): Promise<BrowserContext> {
    this.#browser ??= chromium.launch({
      executablePath: chromiumPath,
      // Chromium's own sandbox refuses root; what is opened here is ours.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    });
    const browser = await this.#browser;
    return browser.newContext({ locale, timezoneId: "Asia/Tokyo", viewport: { width: 1280, height: 900 } });
  }

  async close(): Promise<void> {
    const browser = await this.#browser?.catch(() => undefined);
    await browser?.close();
    this.#browser = undefined;
  }
}
