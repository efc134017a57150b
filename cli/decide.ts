import { GrantView } from "../protocol/api/grant.ts";
import { RequestView } from "../protocol/api/request.ts";
import { isId } from "../protocol/make-id.ts";
import { exitCodes } from "./exit-code.ts";
import { findGrant, findRequest } from "./find.ts";
import { ownPage } from "./own-page.ts";
import { type Cli, originOf, signedIn } from "./verb.ts";

/** `genkan approve`: an approval is a passkey's signature over what the page shows, so the page is where it happens. */
export async function approve(cli: Cli, request: string | undefined): Promise<number> {
  const { terminal } = cli;
  const origin = originOf(cli, "staff");
  // A page opens for whoever has signed in there; only to look a name up somebody must have signed in here.
  const named = request === undefined || isId("request", request);
  const id = named ? request : await findRequest(signedIn(cli, "staff"), request);
  const page = ownPage(new URL(id === undefined ? "/" : `/requests/${id}`, origin).href, origin);
  terminal.note(terminal.text("approve-open"));
  terminal.result({ page }, [page]);
  if (terminal.live) cli.openPage(page, origin);
  return exitCodes.done;
}

/** `genkan deny`. */
export async function deny(cli: Cli, name: string, reason: string): Promise<number> {
  const api = signedIn(cli, "staff");
  const id = await findRequest(api, name);
  const { person, device } = await api.post(`/api/requests/${id}/denial`, { reason }, RequestView);
  const line = cli.terminal.text("denied", { id, person: person.name, device: device.name });
  cli.terminal.result({ denied: id }, [line]);
  return exitCodes.done;
}

/** `genkan revoke`: every session of the grant is cut. */
export async function revoke(cli: Cli, name: string, reason: string): Promise<number> {
  const api = signedIn(cli, "staff");
  const id = await findGrant(api, name);
  const { person, device } = await api.post(`/api/grants/${id}/revocation`, { reason }, GrantView);
  const line = cli.terminal.text("revoked", { id, person: person.name, device: device.name });
  cli.terminal.result({ revoked: id }, [line]);
  return exitCodes.done;
}
