import { setTimeout as wait } from "node:timers/promises";
import { GrantList, type GrantView } from "../protocol/api/grant.ts";
import { LockList, type LockView } from "../protocol/api/lock.ts";
import { Me } from "../protocol/api/me.ts";
import { RequestList, type RequestView } from "../protocol/api/request.ts";
import { SessionList, type SessionView } from "../protocol/api/session.ts";
import { limits } from "../protocol/limits.ts";
import { nextWindow } from "../protocol/window-at.ts";
import type { Api } from "./api.ts";
import { exitCodes } from "./exit-code.ts";
import { byteCount, duration, windowsInBoth, zonedTime } from "./format.ts";
import { section, visible } from "./list.ts";
import type { Line } from "./terminal.ts";
import { type Cli, signedIn } from "./verb.ts";

/**
 * `genkan status`: on one screen who is signed in, which locks touch them, what waits, what is open and for how long, and who is
 * connected now. With `watch` again and again, until Ctrl-C, or until somebody who did nothing else would be signed out: a
 * screen that is left on must not keep its sign-in awake.
 */
export async function status(cli: Cli, { watch = false }: { watch?: boolean }): Promise<number> {
  const api = signedIn(cli);
  await show(cli, api, watch);
  if (!watch) return exitCodes.done;
  const until = cli.now() + (api.face === "staff" ? limits.staffIdleMs : limits.signInIdleMs);
  while (!cli.interrupted.aborted && cli.now() < until) {
    await wait(limits.statusMs, undefined, { signal: cli.interrupted }).catch(() => {});
    if (!cli.interrupted.aborted) await show(cli, api, watch);
  }
  if (!cli.interrupted.aborted) cli.terminal.note(cli.terminal.text("status-over"));
  return exitCodes.done;
}

async function show(cli: Cli, api: Api, watch: boolean): Promise<void> {
  // One after the other: the first answer tells the server's clock.
  const me = await api.get("/api/me", Me);
  const [{ requests }, { grants }, { sessions }, { locks }] = await Promise.all([
    visible(api, "/api/requests", RequestList, { requests: [] }),
    visible(api, "/api/grants", GrantList, { grants: [] }),
    visible(api, "/api/sessions", SessionList, { sessions: [] }),
    visible(api, "/api/locks", LockList, { locks: [] }),
  ]);
  const found = {
    requests: requests.filter(({ state }) => state === "pending"),
    grants: grants.filter(({ state }) => state === "open" || state === "scheduled"),
    sessions: sessions.filter(({ state }) => state !== "ended"),
    locks: locks.filter(({ liftedAt }) => liftedAt === null),
  };
  if (watch) cli.terminal.clearScreen();
  cli.terminal.result({ origin: api.origin, me, ...found }, lines(cli, api, me, found));
}

interface Found {
  readonly requests: readonly RequestView[];
  readonly grants: readonly GrantView[];
  readonly sessions: readonly SessionView[];
  readonly locks: readonly LockView[];
}

function lines(cli: Cli, api: Api, me: Me, { requests, grants, sessions, locks }: Found): Line[] {
  const { terminal, zone } = cli;
  const { states, roles, lockKinds } = terminal.codes;
  const now = api.serverNow();
  const left = (until: string) => terminal.text("left", { left: duration(Date.parse(until) - now) });
  const none = terminal.text("none");
  return [
    {
      text: terminal.text("status-of", {
        name: me.person.name,
        roles: [...new Set(me.memberships.flatMap((one) => one.roles))].map((role) => roles[role]).join(", "),
        origin: api.origin,
        until: zonedTime(me.expiresAt, zone),
      }),
      tone: "plain",
    },
    ...me.locks.map((kind): Line => ({ text: terminal.text("status-locked", { kind: lockKinds[kind] }), tone: "bad" })),
    ...(api.face === "staff"
      ? section(
          terminal.text("locks"),
          none,
          locks.map(({ id, kind, name, reason, createdBy }) => ({
            cells: [id, lockKinds[kind], name ?? "", createdBy.name, reason],
            tone: "bad",
          })),
        )
      : []),
    ...section(
      terminal.text("requests"),
      none,
      requests.map(({ id, person, device, windows, siteZone }) => ({
        cells: [id, person.name, device.name, windowsInBoth(windows, siteZone, zone)],
        tone: "warn",
      })),
    ),
    ...section(
      terminal.text("grants"),
      none,
      grants.map(({ id, state, person, device, windows, siteZone }) => {
        const next = nextWindow(windows, now);
        const time = state === "open" && next ? left(next.end) : windowsInBoth(windows, siteZone, zone);
        return {
          cells: [id, states.grant[state], person.name, device.name, time],
          tone: state === "open" ? "good" : "plain",
        };
      }),
    ),
    ...section(
      terminal.text("sessions"),
      none,
      sessions.map(({ id, state, frozen, person, device, service, counts, windowEnd }) => ({
        cells: [
          id,
          frozen ? states.session.frozen : states.session[state],
          person.name,
          `${device.name} ${service.name}`,
          `↑ ${byteCount(counts.up)} ↓ ${byteCount(counts.down)}`,
          frozen
            ? terminal.text("frozen-until", { by: frozen.by.name, until: zonedTime(frozen.until, zone) })
            : left(windowEnd),
        ],
        tone: frozen ? "warn" : "good",
      })),
    ),
  ];
}
