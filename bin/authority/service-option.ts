import { GenkanError } from "../../protocol/error.ts";
import { limits } from "../../protocol/limits.ts";
import { type ServiceProtocol, serviceProtocols } from "../../protocol/service.ts";
import { parseTarget } from "../address.ts";

export interface ServiceOption {
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly address: string;
  readonly port: number;
}

/** `NAME:PROTOCOL:ADDRESS:PORT` as somebody typed it; an IPv6 address stands in brackets. Throws `bad-request`. */
export function parseService(text: string): ServiceOption {
  const expected = `${text} is not NAME:PROTOCOL:ADDRESS:PORT, where an address is an IP literal.`;
  const [, name = "", protocol, target = ""] = /^([^:]+):([^:]+):(.+)$/s.exec(text) ?? [];
  const known = serviceProtocols.find((one) => one === protocol);
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const plain = !/[\x00-\x1f\x7f]/.test(name) && name.isWellFormed() && name.trim() !== "";
  if (!known || !plain || name.length > limits.nameCharacters) throw new GenkanError("bad-request", expected);
  return { name, protocol: known, ...parseTarget(target, expected) };
}
