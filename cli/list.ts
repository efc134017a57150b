import type { Static, TSchema } from "typebox";
import { DeviceList } from "../protocol/api/device.ts";
import { GrantList } from "../protocol/api/grant.ts";
import { RequestList, type RequestView } from "../protocol/api/request.ts";
import { SessionList } from "../protocol/api/session.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Api } from "./api.ts";
import { exitCodes } from "./exit-code.ts";
import { byteCount, table, zonedTime, zonedWindows } from "./format.ts";
import { type Cli, signedIn } from "./verb.ts";

/** `genkan ls`: devices, requests, grants and live sessions, as far as this person may see them. */
export async function list(cli: Cli): Promise<number> {
  const { terminal, zone } = cli;
  const { states } = terminal.codes;
  const api = signedIn(cli);
  const [devices, requests, grants, sessions] = await Promise.all([
    visible(api, "/api/devices", DeviceList, { devices: [] }),
    visible(api, "/api/requests", RequestList, { requests: [] }),
    visible(api, "/api/grants", GrantList, { grants: [] }),
    visible(api, "/api/sessions", SessionList, { sessions: [] }),
  ]);
  const live = sessions.sessions.filter((session) => session.state !== "ended");
  const away = terminal.text("agent-away");
  terminal.result({ ...devices, ...requests, ...grants, sessions: live }, [
    ...section(
      terminal.text("devices"),
      terminal.text("none"),
      devices.devices.map((device) => [
        device.id,
        device.name,
        device.site.name,
        device.services.map((service) => service.name).join(", ") + (device.agent.connected ? "" : ` [${away}]`),
      ]),
    ),
    ...section(
      terminal.text("requests"),
      terminal.text("none"),
      requests.requests.map((request) => [
        request.id,
        states.request[request.state] + shareOf(request),
        request.device.name,
        request.services.map((service) => service.name).join(", "),
        zonedWindows(request.windows, zone),
      ]),
    ),
    ...section(
      terminal.text("grants"),
      terminal.text("none"),
      grants.grants.map((grant) => [
        grant.id,
        states.grant[grant.state],
        grant.device.name,
        grant.services.map((service) => service.name).join(", "),
        zonedWindows(grant.windows, zone),
      ]),
    ),
    ...section(
      terminal.text("sessions"),
      terminal.text("none"),
      live.map((session) => [
        session.id,
        session.person.name,
        session.device.name,
        session.service.name,
        `↑ ${byteCount(session.counts.up)} ↓ ${byteCount(session.counts.down)}`,
        `${terminal.text("until")} ${zonedTime(session.windowEnd, zone)}`,
      ]),
    ),
  ]);
  return exitCodes.done;
}

function section(title: string, none: string, rows: string[][]): string[] {
  return [title, ...(rows.length > 0 ? table(rows) : [none]).map((line) => `  ${line}`)];
}

/** A list that this person's roles may not read is shown as empty, and the others are still shown. */
async function visible<S extends TSchema>(api: Api, path: string, reply: S, nothing: Static<S>): Promise<Static<S>> {
  try {
    return await api.get(path, reply);
  } catch (error) {
    if (error instanceof GenkanError && error.code === "not-found") return nothing;
    throw error;
  }
}

/** How many of several approvals are there. */
function shareOf({ approval }: RequestView): string {
  return approval !== null && approval.places > 1 ? ` (${approval.filled}/${approval.places})` : "";
}
