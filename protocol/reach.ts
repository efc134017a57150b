import Type from "typebox";
import { Count, Instant, Nullable, OneOf, SmallCount, Strict } from "./schema.ts";
import { Release } from "./version.ts";

/**
 * What an agent found when it dialled a device's service: a connection (and inside TLS, for what speaks it), a refusal by
 * the device, no answer in time, no way there, something that speaks no TLS, a certificate or version that is not accepted,
 * or an address and port that its own allow-list does not name, which it then did not dial.
 */
export const reaches = ["open", "refused", "timed-out", "unreachable", "no-tls", "untrusted", "not-listed"] as const;
export type Reach = (typeof reaches)[number];
export const ReachName = OneOf(reaches);

/** State of an agent's allow-list: no such file, one that can't be used (nothing is allowed then), or one that is. */
export const allowListStates = ["absent", "unusable", "listed"] as const;

/** What an agent says of itself in its first message and in each status. */
export const AgentReport = Strict({
  /** Release of its program. */
  version: Release,
  allowList: Strict({
    state: OneOf(allowListStates),
    /** How many pairs of address and port it names. */
    targets: SmallCount,
  }),
  /** Bytes that it can still write beside its journal; null where the system does not say. */
  diskFree: Nullable(Count),
  /** Until when its certificate of the access hosts is good; null where it has none. */
  accessUntil: Nullable(Instant),
});
export type AgentReport = Type.Static<typeof AgentReport>;

/** Where a service is. */
export const Target = Strict({
  /** IP literal. */
  address: Type.String({ minLength: 1, maxLength: 45 }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
});
export type Target = Type.Static<typeof Target>;
