import type { Carrier } from "../link/carrier.ts";
import { UpgradeCarrier } from "../link/carrier-upgrade.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Joined } from "./joined.ts";

/**
 * Legs go to the gateway of the session's ticket, where the agent's own host says that one is. Throws `gateway-unknown` for one
 * that it does not name. `other` is dialled instead of it, where that is told.
 */
export function carrierTo({ gateways }: Joined, key: Pin, other?: Carrier): Carrier {
  const gateway = gateways.find((known) => known.key === key);
  if (!gateway) throw new GenkanError("gateway-unknown");
  return other ?? new UpgradeCarrier({ host: gateway.host, port: gateway.port, pin: gateway.key });
}
