/**
 * What may pass between a browser and a device's page, header by header. Header lists are node's `rawHeaders`: name,
 * value, name, value, … with order, case and repetition kept.
 */
export type RawHeaders = readonly string[];

/** Name of the agent's own cookie. `__Host-` keeps other hosts from setting it; a device is kept from it here. */
export const cookieName = "__Host-genkan";

/** RFC 9110, section 7.6.1, and the proxy headers of older clients. `Connection` may name more. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Headers in which proxies tell a server who somebody is. A device may believe them, so none from outside may reach it.
 * Compared after folding: servers that speak CGI or WSGI see `X_Remote_User` and `X-Remote-User` as one.
 */
const identityNames = new Set([
  "forwarded",
  "remote-user",
  "remote-addr",
  "remote-groups",
  "remote-name",
  "remote-email",
  "x-real-ip",
  "x-remote-user",
  "x-remote-group",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "via",
]);
const identityPrefixes = [
  "x-forwarded-",
  "x-genkan-",
  "x-remote-",
  // Not all of `x-auth-`: devices' own pages send `X-Auth-Token` (Redfish, for one).
  "x-auth-request-",
  "x-authenticated-",
  "x-webauth-",
  "x-ssl-client-",
  "ssl-client-",
  "x-client-cert",
];

function isIdentity(name: string): boolean {
  const folded = name.toLowerCase().replace(/[^a-z0-9]/g, "-");
  return identityNames.has(folded) || identityPrefixes.some((prefix) => folded.startsWith(prefix));
}

/** Of a device's answer, what would reach beyond its own host in the browser, or lead around the agent. */
const answerDropped = new Set([
  "alt-svc",
  "clear-site-data",
  "nel",
  "public-key-pins",
  "report-to",
  "strict-transport-security",
]);

export interface Ends {
  /** The session's access host as the browser names it, in lower case. */
  readonly access: string;
  /** The device as its own pages would name it: `address` or `address:port`. */
  readonly device: string;
  /** What it speaks. */
  readonly scheme: "http" | "https";
}

/** Headers for the device: what the browser sent, less hop-by-hop, identity and the agent's cookie. */
export function requestHeaders(raw: RawHeaders, ends: Ends): string[] {
  const connection = connectionNames(raw);
  const out = ["host", ends.device];
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase();
    if (lower === "host" || lower === "expect" || connection.has(lower) || isIdentity(name)) continue;
    if (lower === "cookie") {
      const rest = withoutOwnCookie(value);
      if (rest !== "") out.push(name, rest);
    } else if (lower === "origin" || lower === "referer") {
      out.push(name, translated(value, ends));
    } else {
      out.push(name, value);
    }
  }
  return out;
}

/** Headers for the browser: what the device sent, kept to this one host. */
export function responseHeaders(raw: RawHeaders, ends: Ends): string[] {
  const connection = connectionNames(raw);
  const out: string[] = [];
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase();
    if (connection.has(lower) || answerDropped.has(lower)) continue;
    if (lower === "set-cookie") {
      const cookie = ownHostCookie(value);
      if (cookie !== undefined) out.push(name, cookie);
    } else if (lower === "location" || lower === "content-location") {
      out.push(name, relativeLocation(value, ends));
    } else {
      out.push(name, value);
    }
  }
  return out;
}

/** The agent's own cookie among those sent; undefined if there is none or, which no browser does, more than one. */
export function ownCookie(raw: RawHeaders): string | undefined {
  const found = [...pairs(raw)]
    .filter(([name]) => name.toLowerCase() === "cookie")
    .flatMap(([, value]) => value.split(";").map((part) => part.trim()))
    .filter((part) => part.startsWith(`${cookieName}=`));
  return found.length === 1 ? found[0]?.slice(cookieName.length + 1) : undefined;
}

/** All values of a header, in order. */
export function valuesOf(raw: RawHeaders, wanted: string): string[] {
  return [...pairs(raw)].filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
}

function* pairs(raw: RawHeaders): Generator<[name: string, value: string]> {
  for (let at = 0; at + 1 < raw.length; at += 2) yield [raw[at] as string, raw[at + 1] as string];
}

function connectionNames(raw: RawHeaders): ReadonlySet<string> {
  const named = valuesOf(raw, "connection").flatMap((value) =>
    value.split(",").map((name) => name.trim().toLowerCase()),
  );
  return new Set([...hopByHop, ...named]);
}

const isOwnName = (text: string) => text.trim().toLowerCase() === cookieName.toLowerCase();

function withoutOwnCookie(value: string): string {
  return value
    .split(";")
    .filter((part) => !isOwnName(part.split("=", 1)[0] as string))
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .join("; ");
}

/**
 * A device's cookie without its Domain, so that it stays with this one host; undefined for one that may not be set: one
 * with the agent's name, and one without any name, whose value browsers send where a name should stand (RFC 6265bis,
 * section 5.7).
 */
function ownHostCookie(value: string): string | undefined {
  const [pair = "", ...attributes] = value.split(";");
  const equals = pair.indexOf("=");
  if (equals < 0 || pair.slice(0, equals).trim() === "" || isOwnName(pair.slice(0, equals))) return undefined;
  const kept = attributes.filter((attribute) => attribute.split("=", 1)[0]?.trim().toLowerCase() !== "domain");
  return [pair, ...kept].join(";");
}

/** A URL of the access host, named as the device knows itself, so that its own cross-site checks still work. */
function translated(url: string, { access, device, scheme }: Ends): string {
  const match = /^(https?):\/\/([^/?#]*)(.*)$/i.exec(url);
  return match && match[2]?.toLowerCase() === access ? `${scheme}://${device}${match[3]}` : url;
}

/** A device that redirects to its own address would lead the browser out of the session; anything else stays. */
function relativeLocation(url: string, { device, scheme }: Ends): string {
  const match = /^(?:(https?):)?\/\/([^/?#]*)(.*)$/i.exec(url);
  const own = match && (match[1] ?? scheme).toLowerCase() === scheme;
  if (!own || withPort(match[2] as string, scheme) !== withPort(device, scheme)) return url;
  const rest = match[3] as string;
  // A path that begins with two slashes would name a host again; browsers read a backslash as one, and a tab as nothing.
  return `/${rest.replace(/^[/\\\t]+/, "")}`;
}

const withPort = (host: string, scheme: Ends["scheme"]) =>
  (/:\d+$/.test(host) ? host : `${host}:${scheme === "http" ? 80 : 443}`).toLowerCase();
