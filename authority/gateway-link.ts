import { randomToken } from "../crypto/random.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import type { Leg } from "../link/carrier.ts";
import { type GatewayAddress, UpgradeCarrier } from "../link/carrier-upgrade.ts";
import { readClientAddress } from "../link/client-address.ts";
import type { ControlLink } from "../link/control-link.ts";
import { LegPool } from "../link/leg-pool.ts";
import { resetNow } from "../link/reset.ts";
import type { Token } from "../protocol/brand.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import type { gatewayMessages, gatewayOrders } from "../protocol/gateway-control.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ProgramLog } from "../protocol/program-log.ts";

type Link = ControlLink<typeof gatewayOrders, typeof gatewayMessages>;

/** A client has come to a name of the authority, over this gateway; `address` is where it comes from, as the gateway says. */
export type OnClient = (leg: Leg, address: string, gateway: Id<"gateway">) => void;

/** One connected gateway: its routes, and the authority's own legs behind its own names. */
export class GatewayLink {
  readonly id: Id<"gateway">;
  readonly address: GatewayAddress;
  readonly #link: Link;
  readonly #programLog: ProgramLog;
  readonly #pools: LegPool[] = [];
  #sequence = 0;

  constructor(id: Id<"gateway">, address: GatewayAddress, link: Link, log: ProgramLog) {
    this.id = id;
    this.address = address;
    this.#link = link;
    this.#programLog = log;
    void link.closed.then(() => {
      for (const pool of this.#pools) pool.close();
    });
  }

  /** Publishes a session's name. The gateway learns hashes of the tokens; the tokens go to the agent. */
  async openRoute(route: {
    host: string;
    session: Id<"session">;
    leaseMs: number;
    tokens: readonly Token[];
  }): Promise<void> {
    await this.#link.request("route.open", {
      host: route.host,
      kind: "session",
      session: route.session,
      leaseMs: route.leaseMs,
      tokenHashes: route.tokens.map((token) => sha256(token)),
    });
  }

  /** Makes tokens for a route and tells the gateway their hashes before anybody has them. */
  async moreTokens(host: string, count: number): Promise<Token[]> {
    const tokens = Array.from({ length: count }, () => randomToken());
    await this.#link.request("leg.expect", { host, tokenHashes: tokens.map((token) => sha256(token)) });
    return tokens;
  }

  /** Publishes a name of the authority itself and keeps legs ready behind it. */
  async serve(host: string, onClient: OnClient): Promise<void> {
    const tokens = Array.from({ length: limits.authorityLegTokens }, () => randomToken());
    await this.#link.request("route.open", {
      host,
      kind: "authority",
      session: null,
      leaseMs: null,
      tokenHashes: tokens.map((token) => sha256(token)),
    });
    this.#pools.push(
      new LegPool({
        carrier: new UpgradeCarrier(this.address),
        warm: limits.authorityLegsWarm,
        tokens,
        tokensHeld: limits.authorityLegTokens,
        moreTokens: (count) => this.moreTokens(host, count),
        onLeg: (leg) =>
          void readClientAddress(leg.stream)
            .then((address) => onClient(leg, address, this.id))
            .catch((error: unknown) => {
              resetNow(leg.raw);
              this.#programLog.info(
                { event: "authority.client.unserved", code: error instanceof GenkanError ? error.code : "internal" },
                "a client was not served",
              );
            }),
        log: this.#programLog,
      }),
    );
  }

  nextSequence(): number {
    return ++this.#sequence;
  }

  async lease(lease: string): Promise<void> {
    await this.#link.request("lease", { lease });
  }

  async freeze(session: Id<"session">, frozen: boolean): Promise<void> {
    await this.#link.request("session.freeze", { session, frozen });
  }

  cut(session: Id<"session">, reason: EndReason): void {
    // A link that breaks here is found by its lease; there is nobody to tell.
    this.#link.request("session.cut", { session, reason }).catch(() => {});
  }
}
