import type { Stats } from "node:fs";

/** `private`: nobody else may even read it. `own`: others may read it, for it holds no secret. */
export type FileKind = "private" | "own";

/**
 * Why a file can't be trusted, as the end of a sentence, with the command that mends it; null when it can. Whoever else may
 * write it decides what is in it, and its owner may always give that right. Windows keeps no such bits, so nothing is asked
 * there.
 */
export function rightsFault(
  path: string,
  { mode, uid, gid }: Pick<Stats, "mode" | "uid" | "gid">,
  kind: FileKind,
): string | null {
  const self = process.getuid?.();
  if (self === undefined) return null;
  if (uid !== self && uid !== 0) return `it belongs to another user: run chown ${self} ${path}`;
  if ((mode & 0o022) !== 0) return `others can write it: run chmod ${kind === "private" ? "600" : "go-w"} ${path}`;
  // systemd.exec(5) hands a service its credentials in root's files, mode 0440, with an entry for that service in the access
  // list: the group's bits show that entry, and the group itself is root's.
  const credential = uid === 0 && gid === 0 && (mode & 0o777) === 0o440;
  if (kind === "private" && !credential && (mode & 0o077) !== 0) return `others can read it: run chmod 600 ${path}`;
  return null;
}
