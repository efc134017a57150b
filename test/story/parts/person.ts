import type { BrowserContext, CDPSession, Page } from "playwright-core";
import type { Thumbprint } from "../../../protocol/brand.ts";
import type { Chromium } from "./chromium.ts";
import { type Language, pageText } from "./text.ts";

/** What the API answered to a call that a page made. */
export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
}

/** A person at a browser of their own, with a passkey authenticator in it that always verifies the user. */
export class Person {
  readonly login: string;
  readonly language: Language;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly #cdp: CDPSession;
  readonly #authenticator: string;

  private constructor(login: string, language: Language, page: Page, cdp: CDPSession, authenticator: string) {
    this.login = login;
    this.language = language;
    this.context = page.context();
    this.page = page;
    this.#cdp = cdp;
    this.#authenticator = authenticator;
  }

  static async sitDown(login: string, language: Language, chromium: Chromium): Promise<Person> {
    const context = await chromium.newContext(language === "ja" ? "ja-JP" : "en-GB");
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
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
    return new Person(login, language, page, cdp, authenticatorId);
  }

  /** Passkeys that the authenticator holds now. */
  async passkeys(): Promise<number> {
    const { credentials } = await this.#cdp.send("WebAuthn.getCredentials", { authenticatorId: this.#authenticator });
    return credentials.length;
  }

  /** How often its passkeys have signed, as their own counters say. */
  async passkeyUses(): Promise<number> {
    const { credentials } = await this.#cdp.send("WebAuthn.getCredentials", { authenticatorId: this.#authenticator });
    return credentials.reduce((uses, { signCount }) => uses + signCount, 0);
  }

  /** From now on the authenticator says that nobody unlocked it, or that somebody did. */
  async verifies(user: boolean): Promise<void> {
    await this.#cdp.send("WebAuthn.setUserVerified", { authenticatorId: this.#authenticator, isUserVerified: user });
  }

  /** What the page says under this key of its texts. */
  text(key: string, values?: Readonly<Record<string, string>>): string {
    return pageText(this.language, key, values);
  }

  /** Presses the button of this text, which must be the only one. */
  async press(key: string, values?: Readonly<Record<string, string>>): Promise<void> {
    await this.page.getByRole("button", { name: this.text(key, values), exact: true }).click();
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

  async post<T>(path: string, body: object = {}): Promise<T> {
    return expectStatus(await this.ask<T>("POST", path, body), `POST ${path}`);
  }

  /** Signs with the passkey what the API wants signed, as a page does. */
  async assert(options: object): Promise<object> {
    // As text, because the types of a browser are not those of this process.
    return this.page.evaluate<object>(
      `navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)}) })
        .then((credential) => credential.toJSON())`,
    );
  }

  /** Thumbprints that the portal's page names in a request: of this browser's own key, then of terminals confirmed in it. */
  async knownKeys(person: string): Promise<Thumbprint[]> {
    return this.page.evaluate<Thumbprint[]>(`(async () => {
      const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const database = await done(indexedDB.open("genkan"));
      const get = (name) => done(database.transaction(name).objectStore(name).get(${JSON.stringify(person)}));
      const pair = await get("workstation-keys");
      const terminals = (await get("terminals")) ?? [];
      database.close();
      const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
      const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify({ crv, kty, x, y })));
      const own = btoa(String.fromCharCode(...new Uint8Array(hash))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
      return [own, ...terminals];
    })()`);
  }

  /** A compact JWS by the workstation key that the portal's page keeps in this browser, as the page makes one. */
  async signWithWorkstation(person: string, type: string, payload: object): Promise<string> {
    return this.page.evaluate<string>(`(async () => {
      const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const database = await done(indexedDB.open("genkan"));
      const store = database.transaction("workstation-keys").objectStore("workstation-keys");
      const pair = await done(store.get(${JSON.stringify(person)}));
      database.close();
      const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
      const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
      const text = (value) => encode(new TextEncoder().encode(JSON.stringify(value)));
      const input = text({ alg: "ES256", typ: ${JSON.stringify(type)}, jwk: { kty, crv, x, y } }) + "." + text(${JSON.stringify(payload)});
      const algorithm = { name: "ECDSA", hash: "SHA-256" };
      const signature = await crypto.subtle.sign(algorithm, pair.privateKey, new TextEncoder().encode(input));
      return input + "." + encode(new Uint8Array(signature));
    })()`);
  }
}

function expectStatus<T>({ status, body }: Answer<T>, what: string): T {
  if (status >= 200 && status < 300) return body;
  throw new Error(`${what} answered ${status}: ${JSON.stringify(body)}`);
}
