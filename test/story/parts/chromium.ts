import { type Browser, type BrowserContext, chromium } from "playwright-core";

import type { TestCa } from "./test-ca.ts";

export const chromiumPath = "/usr/bin/chromium";

export interface ChromiumOptions {
  readonly certificates?: TestCa | undefined;
  /** A wrapper that starts it on another computer. */
  readonly executable?: string;
  /** Addresses of host names, instead of what a resolver says; `*` at a name's front stands for anything. */
  readonly resolved?: Readonly<Record<string, string>>;
}

/** One real Chromium for the whole story; each person has a context of their own in it, so no cookie is shared. */
export class Chromium {
  readonly #options: ChromiumOptions;
  #browser: Promise<Browser> | undefined;

  constructor(options: ChromiumOptions = {}) {
    this.#options = options;
  }

  async newContext(locale: string): Promise<BrowserContext> {
    const { certificates, executable = chromiumPath, resolved = {} } = this.#options;
    const rules = Object.entries(resolved).map(([name, address]) => `MAP ${name} ${address}`);
    this.#browser ??= chromium.launch({
      executablePath: executable,
      // Chromium's own sandbox refuses root; what is opened here is ours.
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        // Trusts exactly the certificates that this key has signed; every other check of the browser stays.
        ...(certificates ? [`--ignore-certificate-errors-spki-list=${certificates.keyHash}`] : []),
        ...(rules.length > 0 ? [`--host-resolver-rules=${rules.join(", ")}`] : []),
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
