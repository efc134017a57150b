import { requireName } from "../../authority/register.ts";
import { GenkanError } from "../../protocol/error.ts";
import { type Service, serviceProtocols, tlsExceptions, ways } from "../../protocol/service.ts";
import { parseTarget } from "../address.ts";

export type ServiceOption = Omit<Service, "id">;

/**
 * `NAME:PROTOCOL:ADDRESS:PORT` as somebody typed it; an IPv6 address stands in brackets. What a device that speaks TLS is
 * forgiven stands behind its protocol, each with a plus: `https+self-signed+old-tls`. Throws `bad-request`.
 */
export function parseService(text: string): ServiceOption {
  const expected = `${text} is not NAME:PROTOCOL:ADDRESS:PORT, where an address is an IP literal.`;
  const [, name = "", spoken = "", target = ""] = /^([^:]+):([^:]+):(.+)$/s.exec(text) ?? [];
  const [protocol, ...forgiven] = spoken.split("+");
  const known = serviceProtocols.find((one) => one === protocol);
  if (!known) throw new GenkanError("bad-request", expected);
  requireName("service's name", name);
  const tls = tlsExceptions.filter((one) => forgiven.includes(one));
  // Each once, and only where the agent speaks TLS: an exception that does nothing would be shown to whoever approves.
  if (tls.length !== forgiven.length || (tls.length > 0 && !ways[known].tls)) {
    const possible = `Exceptions are ${tlsExceptions.join(" and ")}, for a protocol with TLS.`;
    throw new GenkanError("bad-request", `${expected} ${possible}`);
  }
  return { name, protocol: known, ...parseTarget(target, expected), ...(tls.length > 0 ? { tls } : {}) };
}
