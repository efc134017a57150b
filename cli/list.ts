import type { Static, TSchema } from "typebox";
import { DeviceList } from "../protocol/api/device.ts";
import { GrantList } from "../protocol/api/grant.ts";
import { RequestList, type RequestView } from "../protocol/api/request.ts";
import { SessionList } from "../protocol/api/session.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Api } from "./api.ts";
import { exitCodes } from "./exit-code.ts";
import { byteCount, table, windowsInBoth, zonedTime } from "./format.ts";
import type { Line, Tone } from "./terminal.ts";
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
  // A technician's own lists are all of one person.
  const people = new Set([...requests.requests, ...grants.grants].map(({ person }) => person.id));
  const whose = ({ person }: { person: { name: string } }) =>
    api.face === "staff" || people.size > 1 ? [person.name] : [];
  terminal.result({ ...devices, ...requests, ...grants, sessions: live }, [
    ...section(
      terminal.text("devices"),
      terminal.text("none"),
      devices.devices.map((device) => ({
        cells: [
          device.id,
          device.name,
          device.site.name,
          device.services.map((service) => service.name).join(", ") + (device.agent.connected ? "" : ` [${away}]`),
        ],
        tone: device.agent.connected ? "plain" : "warn",
      })),
    ),
    ...section(
      terminal.text("requests"),
      terminal.text("none"),
      requests.requests.map((request) => ({
        cells: [
          request.id,
          states.request[request.state] + shareOf(request),
          ...whose(request),
          request.device.name,
          request.services.map((service) => service.name).join(", "),
          windowsInBoth(request.windows, request.siteZone, zone),
        ],
        tone: request.state === "pending" ? "warn" : "plain",
      })),
    ),
    ...section(
      terminal.text("grants"),
      terminal.text("none"),
      grants.grants.map((grant) => ({
        cells: [
          grant.id,
          states.grant[grant.state],
          ...whose(grant),
          grant.device.name,
          grant.services.map((service) => service.name).join(", "),
          windowsInBoth(grant.windows, grant.siteZone, zone),
        ],
        tone: grant.state === "open" ? "good" : "plain",
      })),
    ),
    ...section(
      terminal.text("sessions"),
      terminal.text("none"),
      live.map((session) => ({
        cells: [
          session.id,
          session.frozen ? states.session.frozen : states.session[session.state],
          session.person.name,
          session.device.name,
          session.service.name,
          `↑ ${byteCount(session.counts.up)} ↓ ${byteCount(session.counts.down)}`,
          `${terminal.text("until")} ${zonedTime(session.windowEnd, zone)}`,
        ],
        tone: session.frozen ? "warn" : "good",
      })),
    ),
  ]);
  return exitCodes.done;
}

/** A row of a section, and what it is about. */
export interface Row {
  readonly cells: readonly string[];
  readonly tone: Tone;
}

export function section(title: string, none: string, rows: readonly Row[]): Line[] {
  const lines = table(rows.map(({ cells }) => cells)).map((text, at): Line => {
    return { text: `  ${text}`, tone: rows[at]?.tone ?? "plain" };
  });
  return [
    { text: title, tone: "title" },
    ...(lines.length > 0 ? lines : [{ text: `  ${none}`, tone: "plain" } as const]),
  ];
}

/** A list that this person's roles may not read is shown as empty, and the others are still shown. */
export async function visible<S extends TSchema>(
  api: Api,
  path: string,
  reply: S,
  nothing: Static<S>,
): Promise<Static<S>> {
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
