import { LockView } from "../protocol/api/lock.ts";
import { type LockKind, lockKinds } from "../protocol/lock.ts";
import { labelKey } from "../protocol/workstation.ts";
import { en } from "../text/en.ts";
import { ja } from "../text/ja.ts";
import { exitCodes } from "./exit-code.ts";
import { findLock, findLockSite, findLockTarget } from "./find.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

/**
 * `genkan lock KIND [NAME]`: cuts every session that it covers, and lets no new one begin. It holds at one site; an officer of
 * several names which.
 */
export async function lock(
  cli: Cli,
  typed: string,
  name: string | undefined,
  { reason, site }: { reason: string; site?: string },
): Promise<number> {
  const kind = kindOf(typed);
  if (kind === undefined) throw new UsageError("lock-kind-unknown", { kind: typed, known: lockKinds.join(", ") });
  if (kind === "everything" && name !== undefined) throw new UsageError("lock-target-surplus");
  if (kind !== "everything" && name === undefined)
    throw new UsageError("lock-target-missing", { kind: { en: kind, ja: ja.lockKinds[kind] } });
  const api = signedIn(cli, "staff");
  const target = kind === "everything" || name === undefined ? null : await findLockTarget(api, kind, name);
  const at = await findLockSite(api, site);
  const made = await api.post(
    "/api/locks",
    { kind, target, ...(at === undefined ? {} : { site: at }), reason },
    LockView,
  );
  cli.terminal.result({ lock: made }, [cli.terminal.text("locked", words(cli, made))]);
  return exitCodes.done;
}

/** `genkan lift LOCK`. */
export async function lift(cli: Cli, name: string, reason: string): Promise<number> {
  const api = signedIn(cli, "staff");
  const id = await findLock(api, name);
  const lifted = await api.post(`/api/locks/${id}/lift`, { reason }, LockView);
  cli.terminal.result({ lifted: id }, [cli.terminal.text("lifted", words(cli, lifted))]);
  return exitCodes.done;
}

function words({ terminal }: Cli, { id, kind, name, target }: LockView) {
  return { id, kind: terminal.codes.lockKinds[kind], target: name ?? target ?? "" };
}

/** A kind as it is called in either language, whole: nobody may lock everything by a slip. */
function kindOf(typed: string): LockKind | undefined {
  const key = labelKey(typed);
  return lockKinds.find((kind) =>
    [kind, ja.lockKinds[kind], en.lockKinds[kind]].some((word) => labelKey(word) === key),
  );
}
