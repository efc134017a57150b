import type { SessionTicket } from "../../protocol/api/session.ts";
import type { Id } from "../../protocol/make-id.ts";
import { send } from "../app/http.ts";
import type { SessionBody } from "../app/views.ts";
import { proveSession } from "./workstation-key.ts";

/** What the access host wants posted: where, and the two fields. */
export interface Entrance {
  action: string;
  session: Id<"session">;
  proof: string;
}

/** Asks for a browser session and proves the workstation for it. Throws `ApiError` with the reasons of a refusal. */
export async function openEntrance(person: string, grant: Id<"grant">, service: Id<"service">): Promise<Entrance> {
  const body: SessionBody = { grant, service, client: "browser", clientKey: null };
  const ticket = await send<SessionTicket>("/api/sessions", body);
  const proof = await proveSession(person, {
    grant: ticket.grantHash,
    session: ticket.session,
    nonce: ticket.proofNonce,
    binding: `host:${ticket.host}`,
  });
  return { action: `${ticket.origin}/.genkan/enter`, session: ticket.session, proof };
}

/** Posts into a tab of its own. It must run within a click, or the browser takes it for a popup and blocks it. */
export function enter(entrance: Entrance): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = entrance.action;
  form.target = "_blank";
  form.rel = "noopener";
  for (const name of ["session", "proof"] as const) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = entrance[name];
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}
