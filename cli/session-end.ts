import { setTimeout as wait } from "node:timers/promises";
import { SessionView } from "../protocol/api/session.ts";
import { type EndReason, isEndReason } from "../protocol/end-reason.ts";
import type { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Api } from "./api.ts";
import type { Entered } from "./enter.ts";
import { exitCodes } from "./exit-code.ts";
import { byteCount } from "./format.ts";
import { endSession } from "./give-up.ts";
import { nextAfterEnd } from "./next-command.ts";
import type { Cli } from "./verb.ts";

/** How a session ends on this side. */
export interface Here {
  /** Resolves when it does, with what went wrong, or null. */
  readonly failure: Promise<GenkanError | null>;
  /** Whether nothing is said when nothing went wrong. */
  readonly quiet: boolean;
}

/**
 * Until the session is over; says why it ended, and returns the exit code. Throws what went wrong.
 */
export async function untilEnd(
  cli: Cli,
  { api, ticket, link }: Entered,
  { failure: here, quiet }: Here,
): Promise<number> {
  const { terminal } = cli;
  const first = await Promise.race([link.ended, here.then((failure) => ({ failure }))]);
  if ("failure" in first) {
    // The authority is told first, so that the log says who ended the session; the link closes whatever it answers.
    await endSession(api, ticket.session);
    link.close();
    await link.ended;
    if (first.failure !== null) throw first.failure;
    // Another program's own screen goes on after it: what went well needs no word there.
    if (quiet) return exitCodes.done;
    const { up, down } = link.counts;
    const line = terminal.text("ended-here", { up: byteCount(up), down: byteCount(down) });
    terminal.event({ event: "ended", reason: "ended-by-technician", counts: link.counts }, line);
    return exitCodes.done;
  }
  const { reason, by } = await told(api, ticket.session, first.reason);
  const line = reason === null ? terminal.text("ended-unknown") : words(cli, reason, by);
  terminal.event({ event: "ended", reason, by, counts: link.counts }, { text: line, tone: "bad" });
  if (reason !== null) terminal.note(terminal.say(nextAfterEnd[reason]));
  return exitCodes.ended;
}

function words({ terminal }: Cli, reason: EndReason, by: string | null): string {
  const said = terminal.codes.endReasons[reason];
  return by === null ? terminal.text("ended", { reason: said }) : terminal.text("ended-by", { reason: said, by });
}

/** Resolves with null on Ctrl-C. */
export function givenUp({ interrupted }: Cli): Promise<null> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve(null);
    interrupted.addEventListener("abort", () => resolve(null), { once: true });
  });
}

/**
 * What the authority knows of the end; nulls when it does not say in time. The agent's word for the reason goes first; a reset
 * carries none, and who it was the authority alone knows.
 */
async function told(api: Api, id: Id<"session">, known: EndReason | undefined) {
  const pauseMs = 300;
  for (let waited = 0; waited < limits.endReasonMs; waited += pauseMs) {
    const session = await api.get(`/api/sessions/${id}`, SessionView).catch(() => null);
    if (session?.reason && isEndReason(session.reason))
      return { reason: known ?? session.reason, by: session.endedBy?.name ?? null };
    if (known !== undefined && session === null) break;
    await wait(pauseMs);
  }
  return { reason: known ?? null, by: null };
}
