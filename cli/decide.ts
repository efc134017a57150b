import { exitCodes } from "./exit-code.ts";
import { ownPage } from "./own-page.ts";
import { type Cli, originOf, signedIn } from "./verb.ts";

/** `genkan approve`: an approval is a passkey's signature over what the page shows, so the page is where it happens. */
export function approve(cli: Cli, request: string | undefined): number {
  const { terminal } = cli;
  const path = request === undefined ? "/" : `/requests/${encodeURIComponent(request)}`;
  const origin = originOf(cli, "staff");
  const page = ownPage(new URL(path, origin).href, origin);
  terminal.note(terminal.text("approve-open"));
  terminal.result({ page }, [page]);
  if (terminal.live) cli.openPage(page, origin);
  return exitCodes.done;
}

/** `genkan deny`. */
export async function deny(cli: Cli, request: string, reason: string): Promise<number> {
  await signedIn(cli).order(`/api/requests/${encodeURIComponent(request)}/denial`, { reason });
  cli.terminal.result({ denied: request }, [cli.terminal.text("denied", { id: request })]);
  return exitCodes.done;
}

/** `genkan revoke`: every session of the grant is cut. */
export async function revoke(cli: Cli, grant: string, reason: string): Promise<number> {
  await signedIn(cli).order(`/api/grants/${encodeURIComponent(grant)}/revocation`, { reason });
  cli.terminal.result({ revoked: grant }, [cli.terminal.text("revoked", { id: grant })]);
  return exitCodes.done;
}
