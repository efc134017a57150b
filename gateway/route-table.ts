import { sha256 } from "../crypto/thumbprint.ts";

import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { gatewayName } from "../protocol/wire-name.ts";
import { Route } from "./route.ts";

/** Which host goes where, and which one-time token opens a leg of which route. Tokens are known by their hash only. */
export class RouteTable {
  readonly #routes = new Map<string, Route>();
  readonly #tokens = new Map<string, Route>();

  find(host: string): Route | undefined {
    return this.#routes.get(host);
  }

  /**
   * Opens a route. The authority's own names may be opened again (it does so on each control link): legs stay, tokens that
   * were not used are forgotten. Throws `state-conflict` for a session's host that exists, `too-many`, `bad-request`.
   */
  open(host: string, kind: "authority" | "session", tokenHashes: readonly string[]): Route {
    if (host === gatewayName) throw new GenkanError("bad-request", "This name is the gateway's own.");
    let route = this.#routes.get(host);
    if (route && (route.kind !== "authority" || kind !== "authority")) throw new GenkanError("state-conflict");
    if (!route && this.#routes.size >= limits.routes) throw new GenkanError("too-many");
    if (route) this.#forgetTokens(route);
    route ??= new Route(host, kind);
    this.#routes.set(host, route);
    this.expect(host, tokenHashes);
    return route;
  }

  /** Throws `name-unknown`, or `too-many` beyond {@link limits.tokensPerRoute}. */
  expect(host: string, tokenHashes: readonly string[]): void {
    const route = this.#routes.get(host);
    if (!route) throw new GenkanError("name-unknown");
    const held = [...this.#tokens.values()].filter((of) => of === route).length;
    if (held + tokenHashes.length > limits.tokensPerRoute) throw new GenkanError("too-many");
    for (const hash of tokenHashes) this.#tokens.set(hash, route);
  }

  /** Uses a token up. Undefined for one that is unknown or used: the two look alike. */
  redeem(token: string): Route | undefined {
    const hash = sha256(token);
    const route = this.#tokens.get(hash);
    this.#tokens.delete(hash);
    return route;
  }

  /** Resets all that the route carries and forgets it. */
  close(route: Route): void {
    this.#routes.delete(route.host);
    this.#forgetTokens(route);
    route.close();
  }

  #forgetTokens(route: Route): void {
    for (const [hash, of] of this.#tokens) if (of === route) this.#tokens.delete(hash);
  }
}
