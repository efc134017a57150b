import type { Static } from "typebox";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { Problem } from "../../../protocol/api/problem.ts";
import type { SessionCreate, SessionList, SessionView } from "../../../protocol/api/session.ts";
import type { ErrorCode } from "../../../protocol/error.ts";
import type { DenyReason } from "../../../protocol/reason.ts";
import type { Answer, Person } from "./person.ts";
import { until } from "./wait.ts";

/** SHA-256 of a TLS key that nobody will use: the authority decides before a client connects. */
const someKey = "A".repeat(43);

/** Asks for a session of the first service of a grant, as the portal's page or a terminal does. */
export function admit(person: Person, grant: GrantView, service = grant.services[0]) {
  const browser = service?.protocol === "http";
  return person.ask<Static<typeof SessionCreate.reply> | Problem>("POST", "/api/sessions", {
    grant: grant.id,
    service: service?.id,
    client: browser ? "browser" : "native",
    clientKey: browser ? null : someKey,
  });
}

/** Throws unless it was refused with this code, and this reason if one is given; returns the refusal as evidence. */
export function refusal({ status, body }: Answer<unknown>, code: ErrorCode, reason?: DenyReason) {
  const problem = body as Partial<Problem>;
  if (problem.code !== code || (reason !== undefined && !problem.reasons?.includes(reason))) {
    throw new Error(`Expected ${code} ${reason ?? ""}, got ${status} ${JSON.stringify(body)}`);
  }
  return { status, code, reasons: problem.reasons ?? [] };
}

/** The session as the authority sees it once it has ended. */
export const endedSession = (person: Person, id: string) =>
  until(`end of ${id}`, 15_000, async () => {
    const session = await person.get<SessionView>(`/api/sessions/${id}`);
    return session.state === "ended" && session;
  });

/** The session of a grant that is in use now. */
export const liveSession = (person: Person, grant: string) =>
  until("live session", 10_000, async () => {
    const { sessions } = await person.get<Static<typeof SessionList>>("/api/sessions");
    return sessions.find((one) => one.grant === grant && one.state === "live");
  });
