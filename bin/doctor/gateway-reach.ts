import type { ProgramKey } from "../../crypto/program-key.ts";
import { connectPinned } from "../../link/pinned-tls.ts";
import { resetNow } from "../../link/reset.ts";
import type { Pin } from "../../protocol/brand.ts";
import { limits } from "../../protocol/limits.ts";
import { agentsName, gatewayName } from "../../protocol/wire-name.ts";
import type { Finding } from "./finding.ts";
import { checkName, checkReach } from "./host-checks.ts";

interface Place {
  readonly host: string;
  readonly port: number;
  readonly key: Pin;
}

/** A gateway by its name, and by a handshake in which it shows its key; nothing is asked of it. */
export async function reachGateway({ host, port, key }: Place, peer: string): Promise<Finding[]> {
  const at = `${host}:${port}`;
  const dial = () => handshake({ host, port, servername: gatewayName, pin: key });
  return [...(await checkName(host)), await checkReach(peer, at, dial)];
}

/** The authority, through a gateway that passes an agent's connection on to it. */
export function reachAuthority({ host, port }: Place, pin: Pin, programKey: ProgramKey): Promise<Finding> {
  const dial = () => handshake({ host, port, servername: agentsName, pin, programKey });
  return checkReach("authority", `${host}:${port}`, dial);
}

async function handshake(o: {
  host: string;
  port: number;
  servername: string;
  pin: Pin;
  programKey?: ProgramKey;
}): Promise<void> {
  const { raw } = await connectPinned({ ...o, timeoutMs: limits.doctorReachMs });
  resetNow(raw);
}
