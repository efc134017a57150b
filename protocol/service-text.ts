import { Check } from "typebox/value";
import { ServiceSaid } from "./api/device-record.ts";

/**
 * A service as somebody writes it: `NAME:PROTOCOL:ADDRESS:PORT`, IPv6 in brackets; what a device that speaks TLS is forgiven stands behind its
 * protocol, each with a plus: `https+self-signed+old-tls`. Null for anything else.
 */
export function parseServiceText(text: string): ServiceSaid | null {
  const [, name = "", protocol = "", forgiven = "", bracketed, plain, port = ""] =
    /^(.+):([a-z]+)((?:\+[a-z-]+)*):(?:\[([^\]]+)\]|([0-9.]+)):([1-9]\d{0,4})$/su.exec(text) ?? [];
  const tls = forgiven.split("+").filter(Boolean);
  const address = bracketed ?? plain ?? "";
  const said = { name, protocol, address, port: Number(port), ...(tls.length > 0 ? { tls } : {}) };
  return Check(ServiceSaid, said) ? said : null;
}

export function serviceText({ name, protocol, address, port, tls = [] }: ServiceSaid): string {
  const at = address.includes(":") ? `[${address}]` : address;
  return `${name}:${[protocol, ...tls].join("+")}:${at}:${port}`;
}
