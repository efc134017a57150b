import { join } from "node:path";
import { parseHostPort } from "../address.ts";
import type { Finding } from "./finding.ts";
import { checkClock, checkDisk, checkPort, checkRights } from "./host-checks.ts";

export interface GatewayDoctor {
  readonly data: string;
  readonly listen?: string;
  readonly portal?: string;
}

/** What a gateway needs on its host. It dials nobody, so nobody is to be reached. */
export function gatewayChecks(o: GatewayDoctor, now: () => Date): Promise<Finding | Finding[]>[] {
  const listen =
    o.listen === undefined ? null : parseHostPort(o.listen, "--listen looks like 0.0.0.0:443 or [::]:443.");
  return [
    checkDisk(o.data),
    checkRights(join(o.data, "gateway.key"), "private", "--data"),
    ...(listen ? [checkPort(listen.host, listen.port)] : []),
    checkClock(o.portal, now),
  ];
}
