import { LockView } from "../protocol/api/lock.ts";
import { type LockKind, lockKinds } from "../protocol/lock.ts";
import { exitCodes } from "./exit-code.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";

/** `genkan lock KIND [ID]`: cuts every session that it covers, and lets no new one begin. */
export async function lock(cli: Cli, kind: string, id: string | undefined, reason: string): Promise<number> {
  if (!isLockKind(kind)) throw new UsageError("lock-kind-unknown", { kind, known: lockKinds.join(", ") });
  if (kind === "everything" && id !== undefined) throw new UsageError("lock-target-surplus");
  if (kind !== "everything" && id === undefined) throw new UsageError("lock-target-missing", { kind });
  const made = await signedIn(cli).post("/api/locks", { kind, target: id ?? null, reason }, LockView);
  const target = made.name ?? made.target ?? "";
  cli.terminal.result({ lock: made }, [
    cli.terminal.text("locked", { id: made.id, kind: cli.terminal.codes.lockKinds[kind], target }),
  ]);
  return exitCodes.done;
}

/** `genkan lift LOCK`. */
export async function lift(cli: Cli, id: string, reason: string): Promise<number> {
  await signedIn(cli).order(`/api/locks/${encodeURIComponent(id)}/lift`, { reason });
  cli.terminal.result({ lifted: id }, [cli.terminal.text("lifted", { id })]);
  return exitCodes.done;
}

function isLockKind(text: string): text is LockKind {
  return (lockKinds as readonly string[]).includes(text);
}
