import { type Browser, type BrowserContext, chromium } from "playwright-core";

import type { TestCa } from "./test-ca.ts";

export const chromiumPath = "/usr/bin/chromium";

/** One real Chromium for the whole story; each person has a context of their own in it, so no cookie is shared. */
export class Chromium {
  readonly #certificates: TestCa | undefined;
  #browser: Promise<Browser> | undefined;

  constructor(certificates: TestCa | undefined) {
    this.#certificates = certificates;
  }

  async newContext(locale: string): Promise<BrowserContext> {
    this.#browser ??= chromium.launch({
      executablePath: chromiumPath,
      // Chromium's own sandbox refuses root; what is opened here is ours.
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        // Trusts exactly the certificates that this key has signed; every other check of the browser stays.
        ...(this.#certificates ? [`--ignore-certificate-errors-spki-list=${this.#certificates.keyHash}`] : []),
      ],
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
