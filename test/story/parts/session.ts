import type { Static } from "typebox";
import type { Problem } from "../../../protocol/api/problem.ts";
import type { SessionCreate, SessionView } from "../../../protocol/api/session.ts";
import type { Answer, Person } from "./person.ts";
import { until } from "./wait.ts";

/** Asks for a browser session of this grant and service, as the portal's page does. */
export const admit = (person: Person, grant: string, service: string) =>
  person.ask<Static<typeof SessionCreate.reply> | Problem>("POST", "/api/sessions", {
    grant,
    service,
    client: "browser",
    clientKey: null,
  });

/** Throws unless it was refused with this code; returns the refusal for the evidence. */
export function refusal({ status, body }: Answer<unknown>, code: string, reason?: string) {
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
