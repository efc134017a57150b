/** The two names of one web service. */
export interface Ends {
  /** The session's access host as the browser names it, in lower case, with its port unless that is the scheme's own. */
  readonly access: string;
  readonly accessScheme: "http" | "https";
  /** The device as its own pages would name it: `address` or `address:port`. */
  readonly device: string;
  /** What it speaks. */
  readonly scheme: "http" | "https";
}

/** The agent's own page that says where a device wanted to lead. */
export const outPath = "/.genkan/out";

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A URL of this host, where it begins and ends like one: in quotes, brackets or lists too. */
const mentions = (scheme: string, host: string) =>
  new RegExp(`(^|[\\s<"'(,;=])${scheme}://${host}(?=$|[/?#\\s>"'),;])`, "gi");

/** What a browser says in a field, with the access host named as the device names itself. */
export function forDevice(value: string, { access, device, scheme }: Ends): string {
  return value.replace(mentions("https?", escaped(access)), `$1${scheme}://${device}`);
}

/** What a device says in a field, with itself named as the browser names it. */
export function forBrowser(value: string, { access, accessScheme, device, scheme }: Ends): string {
  const port = defaultPort(scheme);
  const host = /:\d+$/.test(device) ? escaped(device) : `${escaped(device)}(?::${port})?`;
  return value.replace(mentions(scheme, host), `$1${accessScheme}://${access}`);
}

const defaultPort = (scheme: Ends["scheme"]) => (scheme === "http" ? 80 : 443);

/**
 * Where a device leads the browser, so that it stays in the session: its own URLs become paths of the access host, and
 * those of its other ports and of neighbours lead to {@link outPath}. Whatever the browser can reach by itself is left as it is.
 */
export function ledBack(value: string, ends: Ends): string {
  const url = resolve(value, ends);
  if (!url || !/^https?:$/.test(url.protocol) || url.host === ends.access) return value;
  if (url.origin === resolve("/", ends)?.origin) return isRelative(value) ? value : ownPath(url, ends);
  if (!isNear(url.hostname)) return value;
  url.username = "";
  url.password = "";
  return `${outPath}?to=${encodeURIComponent(url.href)}`;
}

/** `Refresh` holds seconds and a URL (https://html.spec.whatwg.org, "shared declarative refresh steps"). */
export function refreshedBack(value: string, ends: Ends): string {
  const parts = /^([\s\d.]*)(?:[;,]|\s)\s*(?:url\s*=\s*)?(.+)$/i.exec(value);
  if (!parts) return value;
  const [, seconds = "", target = ""] = parts;
  const [, , url = ""] = /^(["'])(.*?)(?:\1.*)?$/.exec(target) ?? [target, "", target];
  return `${seconds.trim() || "0"}; url=${ledBack(url.trim(), ends)}`;
}

/** Chromium escapes the bytes of a redirect that are no ASCII, whatever they stand for. */
function resolve(value: string, { device, scheme }: Ends): URL | null {
  const ascii = value.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  return URL.parse(ascii, `${scheme}://${device}/`);
}

/** Names no scheme and no host. Browsers pass over a tab, and read a backslash as a slash. */
const isRelative = (value: string) => !/^([a-z][a-z0-9+.-]*:|[/\\]{2})/i.test(value.replaceAll("\t", "").trim());

function ownPath(url: URL, { access }: Ends): string {
  // A path that begins with two slashes would name a host again.
  const path = `/${url.pathname.replace(/^\/+/, "")}${url.search}${url.hash}`;
  const person = url.username + (url.password === "" ? "" : `:${url.password}`);
  return person === "" ? path : `//${person}@${access}${path}`;
}

/** A host that stands in the device's network and means nothing, or another machine, in the technician's. */
function isNear(hostname: string): boolean {
  if (hostname.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return true;
  return /^[^.]+$|\.(local|localhost|localdomain|lan|home|corp|intranet|internal|private|home\.arpa)$/.test(hostname);
}
