import { isIP, isIPv6 } from "node:net";
import { GenkanError } from "../protocol/error.ts";

const hostName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;

/**
 * `HOST:PORT` as somebody typed it; an IPv6 address stands in brackets. Throws `bad-request` with `expected`, which says
 * what it should look like.
 */
export function parseHostPort(text: string, expected: string): { host: string; port: number } {
  const match = /^(?:\[([^[\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const [, six, name = ""] = match ?? [];
  const host = six ?? name;
  const known = six === undefined ? hostName.test(name) : isIPv6(six) && !six.includes("%");
  const port = parsePort(match?.[3] ?? "");
  if (!known || port === undefined) throw new GenkanError("bad-request", expected);
  return { host, port };
}

/** `ADDRESS:PORT` of a device: an IP literal, for nobody resolves a device's name. Throws `bad-request` as above. */
export function parseTarget(text: string, expected: string): { address: string; port: number } {
  const { host, port } = parseHostPort(text, expected);
  if (isIP(host) === 0 || port === 0) throw new GenkanError("bad-request", expected);
  return { address: host, port };
}

/** A port in decimal, also 0; undefined for anything else. */
export function parsePort(text: string): number | undefined {
  const port = /^(0|[1-9]\d{0,4})$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}
