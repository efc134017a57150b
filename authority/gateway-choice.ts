import type { Pin } from "../protocol/brand.ts";

/** What is known of who reaches which gateway. */
export interface WhoReaches<Gateway extends string> {
  /** Gateways whose control link stands, in the order in which they are preferred when nothing else tells them apart. */
  readonly authority: readonly { readonly id: Gateway; readonly key: Pin }[];
  /** Keys of the gateways that the agent's host names. */
  readonly agent: readonly Pin[];
  /** The gateway over which the client has come to the portal; null when that is not known. */
  readonly client: Gateway | null;
}

/**
 * The gateway that a session goes over: one that the authority and the agent both reach, and the client's own among them if it
 * may be. The client has reached that one a moment ago; of any other it only has the address. Null when there is none.
 */
export function chooseGateway<Gateway extends string>({
  authority,
  agent,
  client,
}: WhoReaches<Gateway>): Gateway | null {
  const shared = authority.filter(({ key }) => agent.includes(key));
  return (shared.find(({ id }) => id === client) ?? shared[0])?.id ?? null;
}
