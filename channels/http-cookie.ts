import { type Fields, pairs } from "./http-field.ts";

/** Name of the agent's own cookie. `__Host-` keeps other hosts from setting it; a device is kept from it here. */
export const cookieName = "__Host-genkan";

/** The agent's own cookie among those sent; undefined if there is none or, which no browser does, more than one. */
export function ownCookie(fields: Fields): string | undefined {
  const found = [...pairs(fields)]
    .filter(([name]) => name.toLowerCase() === "cookie")
    .flatMap(([, value]) => value.split(";").map((part) => part.trim()))
    .filter((part) => part.startsWith(`${cookieName}=`));
  return found.length === 1 ? found[0]?.slice(cookieName.length + 1) : undefined;
}

const isOwnName = (text: string) => text.trim().toLowerCase() === cookieName.toLowerCase();

/** The device's cookies among those that a browser sends; empty if there are none. */
export function withoutOwnCookie(value: string): string {
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
export function ownHostCookie(value: string): string | undefined {
  const [pair = "", ...attributes] = value.split(";");
  const equals = pair.indexOf("=");
  if (equals < 0 || pair.slice(0, equals).trim() === "" || isOwnName(pair.slice(0, equals))) return undefined;
  const kept = attributes.filter((attribute) => attribute.split("=", 1)[0]?.trim().toLowerCase() !== "domain");
  return [pair, ...kept].join(";");
}
