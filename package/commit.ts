import { spawnSync } from "node:child_process";
import { sourceDateEpoch } from "./environment.ts";

/** What a package is made from. */
export interface Commit {
  /** Its short name; with `-dirty` where the tree is not as it was committed. */
  readonly name: string;
  /** When it was made, in seconds since 1970: the time of every file of a package. */
  readonly seconds: number;
}

/**
 * The commit of the checkout in `root`. Where there is no git, as in an image's build, it is `unknown`, of the time that
 * `SOURCE_DATE_EPOCH` says (reproducible-builds.org), or of 1970.
 */
export function commitOf(root: string): Commit {
  const said = git(root, "log", "-1", "--format=%h %ct")?.split(" ");
  const asked = Number(sourceDateEpoch() ?? said?.[1] ?? 0);
  if (said?.[0] === undefined) return { name: "unknown", seconds: asked };
  const dirty = git(root, "status", "--porcelain", "--untracked-files=no") !== "";
  return { name: `${said[0]}${dirty ? "-dirty" : ""}`, seconds: asked };
}

function git(root: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", ["-C", root, ...args], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
