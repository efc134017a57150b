import { Check } from "typebox/value";
import { readAddress } from "./address.ts";
import { ServiceSaid } from "./api/device-record.ts";
import { tlsExceptions } from "./service.ts";

/**
 * A service as somebody writes it: `NAME:PROTOCOL:ADDRESS:PORT`, IPv6 in brackets; what a device that speaks TLS is forgiven stands behind its
 * protocol, each with a plus: `https+self-signed+old-tls`. Null for anything else.
 */
export function parseServiceText(text: string): ServiceSaid | null {
  const [, name = "", protocol = "", forgiven = "", six, four, port = ""] =
    /^(.+):([a-z]+)((?:\+[a-z-]+)*):(?:\[([0-9a-fA-F.]*:[0-9a-fA-F:.]*)\]|([0-9.]+)):([1-9]\d{0,4})$/su.exec(text) ??
    [];
  const tls = inOrder(forgiven.split("+").filter(Boolean));
  const address = six ?? four ?? "";
  const said = { name, protocol, address, port: Number(port), ...(tls.length > 0 ? { tls } : {}) };
  return Check(ServiceSaid, said) && readAddress(address) ? said : null;
}

/** One service has one text. */
export function serviceText({ name, protocol, address, port, tls = [] }: ServiceSaid): string {
  const at = address.includes(":") ? `[${address}]` : address;
  return `${name}:${[protocol, ...inOrder(tls)].join("+")}:${at}:${port}`;
}

/** Exceptions mean the same in whichever order somebody said them. */
const inOrder = (tls: readonly string[]) => tls.toSorted((one, other) => placeOf(one) - placeOf(other));
const placeOf = (exception: string) => tlsExceptions.findIndex((one) => one === exception);
