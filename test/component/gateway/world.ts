import type { KeyObject } from "node:crypto";
import { onTestFinished } from "vitest";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { randomBytes, randomToken } from "../../../crypto/random.ts";
import { signStatement } from "../../../crypto/statement.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { type Gateway, startGateway } from "../../../gateway/gateway.ts";
import type { Leg } from "../../../link/carrier.ts";
import { dialControl, type GatewayAddress, UpgradeCarrier } from "../../../link/carrier-upgrade.ts";
import { type Body, ControlLink } from "../../../link/control-link.ts";
import { LegPool } from "../../../link/leg-pool.ts";
import { resetNow } from "../../../link/reset.ts";
import type { Token } from "../../../protocol/brand.ts";
import { gatewayMessages, gatewayOrders } from "../../../protocol/gateway-control.ts";
import { type Id, makeId } from "../../../protocol/make-id.ts";
import { type ProgramLog, silentProgramLog } from "../../../protocol/program-log.ts";

export type Authority = ControlLink<typeof gatewayOrders, typeof gatewayMessages>;

/** A running gateway, and an authority that gives it orders. Ends with the test. */
export interface World {
  readonly gateway: Gateway;
  readonly address: GatewayAddress;
  readonly authorityProgramKey: ProgramKey;
  readonly ended: Body<typeof gatewayMessages, "session.ended">[];
  /** Connects (again) and says hello; what the gateway tells lands in `ended`. */
  connect(options?: { ignoreEnded?: boolean }): Promise<Authority>;
  /** A session's route with `tokens` leg tokens. */
  session(authority: Authority, options?: { leaseMs?: number; tokens?: number; host?: string }): Promise<Session>;
}

export interface Session {
  readonly id: Id<"session">;
  readonly host: string;
  readonly tokens: readonly Token[];
}

export const sessionId = () => makeId("session", randomBytes(10));

export async function startWorld(
  options: { loopbackHttp?: boolean; log?: ProgramLog; now?: () => number } = {},
): Promise<World> {
  const programKey = createProgramKey();
  const authorityProgramKey = createProgramKey();
  const gateway = await startGateway({
    config: {
      listenHost: "127.0.0.1",
      listenPort: 0,
      programKey,
      authorityKey: authorityProgramKey.pin,
      loopbackHttp: options.loopbackHttp ?? false,
    },
    log: options.log ?? silentProgramLog,
    now: options.now ?? (() => performance.now()),
  });
  onTestFinished(() => gateway.close());
  const address = { host: "127.0.0.1", port: gateway.port, pin: programKey.pin };
  const ended: World["ended"] = [];

  return {
    gateway,
    address,
    authorityProgramKey,
    ended,
    connect: async ({ ignoreEnded = false } = {}) => {
      const { tls, raw } = await dialControl({ ...address, programKey: authorityProgramKey });
      onTestFinished(() => resetNow(raw));
      const authority: Authority = new ControlLink({
        stream: tls,
        raw,
        send: gatewayOrders,
        receive: gatewayMessages,
        log: silentProgramLog,
        handlers: {
          "session.ended": (body) => {
            ended.push(body);
            return ignoreEnded ? new Promise(() => {}) : {};
          },
        },
      });
      await authority.request("hello", {});
      return authority;
    },
    session: async (authority, { leaseMs = 60_000, tokens: count = 8, host } = {}) => {
      const session = { id: sessionId(), host: host ?? `${randomLabel()}.link.genkan.internal`, tokens: tokens(count) };
      await authority.request("route.open", {
        host: session.host,
        kind: "session",
        session: session.id,
        leaseMs,
        tokenHashes: session.tokens.map((token) => sha256(token)),
      });
      return session;
    },
  };
}

export const tokens = (count: number) => Array.from({ length: count }, () => randomToken());
export const randomLabel = () => Buffer.from(randomBytes(8)).toString("hex");

/** A lease for `audience` as the authority signs it. */
export const lease = (
  key: { privateKey: KeyObject; pin: string },
  body: { audience: string; sequence: number; sessions: string[]; durationMs: number },
) => signStatement("genkan/lease/v1", body, key.privateKey, key.pin);

/** The inside: `onLeg` for each leg that a client uses. Ends with the test. Resolves when its legs stand by. */
export async function inside(world: World, session: Session, onLeg: (leg: Leg) => void, warm = 4): Promise<LegPool> {
  const pool = new LegPool({
    carrier: new UpgradeCarrier(world.address),
    warm: Math.min(warm, session.tokens.length),
    tokens: session.tokens,
    tokensHeld: session.tokens.length,
    moreTokens: () => new Promise(() => {}),
    onLeg,
    log: silentProgramLog,
  });
  onTestFinished(() => pool.close());
  while (pool.ready < Math.min(warm, session.tokens.length)) await new Promise((resolve) => setTimeout(resolve, 2));
  return pool;
}
