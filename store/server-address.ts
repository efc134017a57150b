import { readFileSync } from "node:fs";
import { revealSecret, Secret } from "../crypto/secret.ts";
import { GenkanError } from "../protocol/error.ts";

/** Where a store or bus is served, and as whom to go there. */
export interface ServerAddress {
  /** Host name, IP literal, or the absolute path of a socket. */
  readonly host: string;
  readonly port: number | null;
  readonly user: string;
  readonly password: Secret;
  /** The URL's path without its slash: a database. */
  readonly path: string;
  /** Null on a socket and on loopback; elsewhere always. Certificates are verified, by `ca` (PEM) where the URL names one. */
  readonly tls: { readonly ca: string | null } | null;
}

/**
 * Reads `scheme://[user[:password]@]host[:port][/path][?ca=FILE]`. A socket stands in the place of the host, with its
 * slashes as `%2F`. There is no way to ask for a network in the clear or an unverified certificate. Throws `bad-request`,
 * which never repeats the URL.
 */
export function parseServerUrl(secret: Secret, scheme: string): ServerAddress {
  const url = read(revealSecret(secret).trim());
  const fail = (what: string): never => {
    throw new GenkanError("bad-request", `The ${scheme} URL ${what}.`);
  };
  if (!url) return fail("can't be read");
  if (url.protocol !== `${scheme}:`) return fail(`does not begin with ${scheme}://`);
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1");
  if (host === "") return fail("names no host");
  const [unknown] = [...url.searchParams.keys()].filter((name) => name !== "ca");
  if (unknown !== undefined) return fail("has a parameter other than ca");
  const ca = url.searchParams.get("ca");
  const here = host.startsWith("/") || host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
  if (here && ca !== null) return fail("names a CA for a server of this machine");
  return {
    host,
    port: url.port === "" ? null : Number(url.port),
    user: decodeURIComponent(url.username),
    password: new Secret(decodeURIComponent(url.password)),
    path: decodeURIComponent(url.pathname.replace(/^\//, "")),
    tls: here ? null : { ca: ca === null ? null : readCa(ca) },
  };
}

function read(text: string): URL | null {
  try {
    const url = new URL(text);
    for (const part of [url.hostname, url.username, url.password, url.pathname]) decodeURIComponent(part);
    return url;
  } catch {
    // The error would hold the URL, and with it the password.
    return null;
  }
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new GenkanError("bad-request", "The file of the CA can't be read.", { cause });
  }
}
