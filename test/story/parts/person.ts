import type { BrowserContext, CDPSession, Page } from "playwright-core";
import type { Chromium } from "./chromium.ts";

/** What the API answered to a call that a page made. */
export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
}

/** A person at a browser of their own, with a passkey authenticator in it that always verifies the user. */
export class Person {
  readonly login: string;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly #cdp: CDPSession;
  readonly #authenticator: string;

  private constructor(login: string, context: BrowserContext, page: Page, cdp: CDPSession, authenticator: string) {
    this.login = login;
    this.context = context;
    this.page = page;
    this.#cdp = cdp;
    this.#authenticator = authenticator;
  }

  static async sitDown(login: string, chromium: Chromium, locale: string): Promise<Person> {
    const context = await chromium.newContext(locale);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const cdp = await context.newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Person(login, context, page, cdp, authenticatorId);
  }

  /** Passkeys that the authenticator holds now. */
  async passkeys(): Promise<number> {
    const { credentials } = await this.#cdp.send("WebAuthn.getCredentials", { authenticatorId: this.#authenticator });
    return credentials.length;
  }

  /** From now on the authenticator says that nobody unlocked it, or that somebody did. */
  async verifies(user: boolean): Promise<void> {
    await this.#cdp.send("WebAuthn.setUserVerified", { authenticatorId: this.#authenticator, isUserVerified: user });
  }

  /** A call of the API as the open page makes it: with its cookies and its origin. */
  async ask<T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<Answer<T>> {
    return this.page.evaluate(
      async ([verb, url, json]) => {
        const response = await fetch(url, {
          method: verb,
          ...(json === undefined ? {} : { headers: { "content-type": "application/json" }, body: json }),
        });
        const text = await response.text();
        return { status: response.status, body: text === "" ? null : JSON.parse(text) };
      },
      [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
    ) as Promise<Answer<T>>;
  }

  /** The same, for what must be granted. */
  async get<T>(path: string): Promise<T> {
    return expectStatus(await this.ask<T>("GET", path), `GET ${path}`);
  }

  async post<T>(path: string, body?: object): Promise<T> {
    return expectStatus(await this.ask<T>("POST", path, body), `POST ${path}`);
  }
}

function expectStatus<T>({ status, body }: Answer<T>, what: string): T {
  if (status >= 200 && status < 300) return body;
  throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`);
}
