import { version } from "../protocol/version.ts";

/** Put in by the bundler: the commit that a program was made from. A checkout has none, for it may hold anything. */
declare const genkanCommit: string | undefined;

/** What `--version` prints of a program: its name, its release, the commit, and the Node inside. */
export function versionLine(program: string): string {
  const commit = typeof genkanCommit === "undefined" ? "not packaged" : genkanCommit;
  return `${program} ${version} (${commit}, node ${process.versions.node})`;
}
