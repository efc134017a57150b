import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type Entrance, ownPrefix, type Refusal } from "../channels/entrance.ts";
import { cookieName, ownCookie } from "../channels/http-cookie.ts";
import { valuesOf } from "../channels/http-field.ts";
import { pages } from "../channels/http-page.ts";
import { randomToken } from "../crypto/random.ts";
import { equalSecret, sha256 } from "../crypto/thumbprint.ts";
import type { Hash } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { readEnterForm } from "./enter-form.ts";

/**
 * A browser enters once, by the form that the portal's page posts, and is known from then on by a cookie of this one host.
 * Until then, and without the cookie, no byte reaches the device.
 */
export class BrowserEntrance implements Entrance {
  readonly #o: BrowserEntranceOptions;
  #cookieHash: Hash | undefined;

  constructor(o: BrowserEntranceOptions) {
    this.#o = o;
  }

  misled(req: IncomingMessage): Refusal | undefined {
    const hosts = valuesOf(req.rawHeaders, "host");
    const own = hosts.length === 1 && hosts[0]?.toLowerCase() === this.#o.host;
    return own ? undefined : { page: pages["other-host"], code: "host-mismatch" };
  }

  readonly form = { path: `${ownPrefix}enter`, answer: this.#enter.bind(this) };

  stranger(req: IncomingMessage): Refusal | undefined {
    const cookie = ownCookie(req.rawHeaders);
    if (!cookie || !this.#cookieHash || !equalSecret(sha256(cookie), this.#cookieHash)) {
      return { page: pages["not-entered"], code: "unauthenticated" };
    }
    this.#o.entered(req.socket);
    if (isForeign(req) && !isArrival(req)) return { page: pages["foreign-origin"], code: "origin-refused" };
    return undefined;
  }

  async #enter(req: IncomingMessage, res: ServerResponse): Promise<Refusal | undefined> {
    if (req.method !== "POST") return { page: pages["not-entered"], code: "unauthenticated" };
    try {
      const form = await readEnterForm(req);
      await this.#o.prove({ ...form, binding: `host:${this.#o.host}` });
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      const page = error.code === "body-too-large" ? pages["too-large"] : pages["proof-refused"];
      return { page, code: error.code };
    }
    this.#o.entered(req.socket);
    const cookie = randomToken(32);
    this.#cookieHash = sha256(cookie);
    const attributes = "Secure; HttpOnly; SameSite=Lax; Path=/";
    res.writeHead(303, {
      location: "/",
      "set-cookie": `${cookieName}=${cookie}; ${attributes}`,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    res.end();
    return undefined;
  }
}

export interface BrowserEntranceOptions {
  /** The session's access host as a browser names it: lower case, with its port unless that is the scheme's own. */
  readonly host: string;
  /** Verifies the workstation's proof, once; throws `proof-invalid` otherwise. `binding` is `host:<host>`. */
  prove(form: { session: string; proof: string; binding: string }): Promise<void>;
  /** Whoever is at the other end of this connection has entered: it has shown the cookie, or been given it. */
  entered(client: Duplex): void;
}

/**
 * Whoever comes over the command line's link has proved the workstation already. What remains are web pages elsewhere: the
 * technician's browser reaches the port on localhost for any of them, also under a name of theirs that they point to
 * 127.0.0.1 (DNS rebinding). A request is served that names this computer and comes from no other page.
 */
export class NativeEntrance implements Entrance {
  misled(req: IncomingMessage): Refusal | undefined {
    const hosts = valuesOf(req.rawHeaders, "host");
    const own = hosts.length === 1 && ownNames.test(hosts[0] ?? "");
    return own ? undefined : { page: pages["other-name"], code: "host-mismatch" };
  }

  stranger(req: IncomingMessage): Refusal | undefined {
    return isForeign(req) ? { page: pages["foreign-page"], code: "origin-refused" } : undefined;
  }
}

/** Names that lead nowhere but to this computer (RFC 6761, section 6.3). */
const ownNames = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * Whether somebody comes from another page to the front page, in the window itself: the portal's form leads there. Deeper
 * in, a request may make an old device do something, whatever its method.
 */
function isArrival({ method, url, headers }: IncomingMessage): boolean {
  const window = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return method === "GET" && url === "/" && window && headers.upgrade === undefined;
}

/**
 * Whether a page of another origin sent this. The hosts of two sessions are the same site to a browser, so SameSite
 * alone does not keep one device's page from using another's.
 */
function isForeign(req: IncomingMessage): boolean {
  const site = req.headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin, host } = req.headers;
  return origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, "") !== host?.toLowerCase();
}
