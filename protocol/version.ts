import Type from "typebox";
import { GenkanError } from "./error.ts";

/** This release, as in package.json: what the programs say of themselves, to people and to each other. */
export const version = "0.1.0";

/** The oldest release of a gateway, an agent or a command line that an authority of this release works with. */
export const oldestPeer = "0.1.0";

/** Header in which the command line and the gateway say their release. */
export const versionHeader = "genkan-version";

const pattern = String.raw`^\d{1,4}\.\d{1,4}\.\d{1,4}$`;
/** A release: three numbers. */
export const Release = Type.String({ maxLength: 14, pattern });

/**
 * Throws `version-too-old`, with what to install, for a peer that is older than this release works with. One that says
 * nothing comes from before releases were said, and whatever is no release is none.
 */
export function requireRelease(peer: string | undefined): void {
  if (peer !== undefined && new RegExp(pattern).test(peer) && !isOlder(peer, oldestPeer)) return;
  const has = peer === undefined ? "It does not say its release" : `It is ${JSON.stringify(peer.slice(0, 14))}`;
  throw new GenkanError(
    "version-too-old",
    `${has}; install ${version}, as the authority is, or ${oldestPeer} at the least.`,
  );
}

/** Number by number: 0.10.0 is newer than 0.9.1. */
export function isOlder(one: string, other: string): boolean {
  const [left, right] = [one, other].map((release) => release.split(".").map(Number));
  const at = left?.findIndex((number, place) => number !== right?.[place]) ?? -1;
  return at !== -1 && (left?.[at] ?? 0) < (right?.[at] ?? 0);
}
