import { SessionView } from "../protocol/api/session.ts";
import { limits } from "../protocol/limits.ts";
import { exitCodes } from "./exit-code.ts";
import { findSession } from "./find.ts";
import { zonedTime } from "./format.ts";
import { type Cli, signedIn } from "./verb.ts";

/** `genkan freeze SESSION`: no byte passes until somebody thaws it; left frozen for too long it is cut. */
export async function freeze(cli: Cli, name: string, reason: string | undefined): Promise<number> {
  const api = signedIn(cli, "staff");
  const id = await findSession(api, name);
  const session = await api.post(`/api/sessions/${id}/freeze`, { frozen: true, reason: reason ?? null }, SessionView);
  const until = session.frozen?.until ?? new Date(api.serverNow() + limits.freezeMs).toISOString();
  const line = cli.terminal.text("frozen", { ...words(session), until: zonedTime(until, cli.zone) });
  cli.terminal.result({ session }, [line]);
  return exitCodes.done;
}

/** `genkan thaw SESSION`: the bytes that waited pass, and all that follow. */
export async function thaw(cli: Cli, name: string): Promise<number> {
  const api = signedIn(cli, "staff");
  const id = await findSession(api, name);
  const session = await api.post(`/api/sessions/${id}/freeze`, { frozen: false, reason: null }, SessionView);
  cli.terminal.result({ session }, [cli.terminal.text("thawed", words(session))]);
  return exitCodes.done;
}

/** `genkan cut SESSION`: it ends for good; its grant stays, so whoever holds it may connect again. */
export async function cut(cli: Cli, name: string, reason: string | undefined): Promise<number> {
  const api = signedIn(cli);
  const id = await findSession(api, name);
  const session = await api.post(`/api/sessions/${id}/end`, { reason: reason ?? null }, SessionView);
  const { terminal } = cli;
  const said = [terminal.text("cut", words(session))];
  if (api.face === "staff") said.push(terminal.text("cut-again", { grant: session.grant }));
  terminal.result({ session }, said);
  return exitCodes.done;
}

const words = ({ id, person, device, service }: SessionView) => ({
  id,
  person: person.name,
  device: device.name,
  service: service.name,
});
