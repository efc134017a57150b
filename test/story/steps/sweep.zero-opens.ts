import type { Static } from "typebox";
import type { SessionEntries } from "../../../protocol/api/session.ts";
import type { ErrorCode } from "../../../protocol/error.ts";
import type { Context } from "../context.ts";
import type { Answered } from "../network/ask.ts";
import { agentAddress, deviceAddress, neighbourAddress } from "../network/topology.ts";
import { type Forgery, forge, forgeries } from "../parts/forgery.ts";
import { NativeClient } from "../parts/native-client.ts";
import { until } from "../parts/wait.ts";
import { WebClient } from "../parts/web-client.ts";
import type { Evidence } from "../result.ts";

/**
 * From inside real sessions of a web page and of a TCP port, a technician with all keys of the workstation tries to reach
 * other ports of the device, its neighbour and the agent's host, by every means that the protocols offer. Nothing is dialled
 * but the granted ports, and each refusal stands in the session's recording.
 */
export async function run(context: Context): Promise<Evidence> {
  const { network } = context;
  const devices = await context.devices();
  const world = await context.world();
  network.grantPorts(world.ports.nurseCall, world.ports.infusionPump);
  const seen = () => ({
    tcpAttempts: network.counted("vlan", "elsewhere-tcp"),
    udpAttempts: network.counted("vlan", "elsewhere-udp"),
    canaries: devices.reached("canary"),
  });
  const control = await dialFromVlan(context, seen);

  const before = seen();
  const web = await sweepWeb(context, targetsOf(context, devices.ports, devices.sshd.port));
  const native: Record<string, Evidence> = {};
  for (const forgery of forgeries(`${neighbourAddress}:22`)) native[forgery.name] = await tryForgery(context, forgery);
  const now = seen();
  const opened = {
    tcpAttempts: now.tcpAttempts - before.tcpAttempts,
    udpAttempts: now.udpAttempts - before.udpAttempts,
    canaries: now.canaries - before.canaries,
  };
  if (Object.values(opened).some((count) => count !== 0))
    throw new Error(`The sweep reached something: ${JSON.stringify({ opened, web, native })}`);
  return { opened, control, web, native };
}

type Seen = Readonly<Record<"tcpAttempts" | "udpAttempts" | "canaries", number>>;

/** Whoever does stand in the VLAN reaches them, and it is seen: otherwise zero would mean nothing. */
async function dialFromVlan(context: Context, seen: () => Seen): Promise<Evidence> {
  const { ports } = await context.devices();
  const before = seen();
  for (const address of [deviceAddress, neighbourAddress]) {
    await context.network.probe("vlan", "scanTcp", { address, ports: ports.canaries });
    await context.network.probe("vlan", "scanUdp", { address, ports: [161] });
  }
  const least = 2 * ports.canaries.length;
  await until("connections at the canaries", 5_000, () => seen().canaries - before.canaries >= least + 2);
  const now = seen();
  const counted = { tcp: now.tcpAttempts - before.tcpAttempts, udp: now.udpAttempts - before.udpAttempts };
  if (counted.tcp < least || counted.udp < 2) throw new Error(`The rules counted ${JSON.stringify(counted)}.`);
  return { ...counted, canaries: now.canaries - before.canaries };
}

/** What a technician would look for: the device's other ports (some of them in the agent's own list), and its surroundings. */
function targetsOf(
  context: Context,
  ports: { canaries: readonly number[]; listed: number; flood: number },
  ssh: number,
) {
  const at = (address: string) => ports.canaries.map((port) => `${address}:${port}`);
  return [
    ...at(deviceAddress),
    ...[ports.listed, ports.flood, ssh].map((port) => `${deviceAddress}:${port}`),
    ...at(neighbourAddress),
    ...at(agentAddress),
    `${context.layout.addresses.staff}:22`,
    "127.0.0.1:22",
    "localhost:22",
    "[::1]:22",
  ];
}

type Form = (target: string, web: WebClient) => readonly [line: string, ...heads: string[]];

/** Ways of HTTP to name another server, with what the agent answers and records. */
const forms: Readonly<Record<string, { status: number; code: ErrorCode; form: Form }>> = {
  "Host of another": { status: 421, code: "host-mismatch", form: (target) => ["GET / HTTP/1.1", `Host: ${target}`] },
  "absolute form, as to a proxy": {
    status: 400,
    code: "bad-request",
    form: (target, { host }) => [`GET http://${target}/ HTTP/1.1`, `Host: ${host}`],
  },
  CONNECT: {
    status: 400,
    code: "bad-request",
    form: (target, { host }) => [`CONNECT ${target} HTTP/1.1`, `Host: ${host}`],
  },
};

async function sweepWeb(context: Context, targets: readonly string[]): Promise<Evidence> {
  const evidence: Record<string, Evidence> = {};
  const [first, second] = [await WebClient.enter(context), await WebClient.enter(context)];
  for (const [name, { status, code, form }] of Object.entries(forms)) {
    const web = await WebClient.enter(context);
    for (const target of targets) {
      const [line, ...heads] = form(target, web);
      const answer = await web.ask(line, heads);
      if (answer.status !== status) throw new Error(`${name} ${target} answered ${answer.status}.`);
    }
    await alive(web);
    evidence[name] = {
      tried: targets.length,
      answered: status,
      recorded: await recorded(context, web.session, code, targets.length),
    };
  }
  // A session's name with another's in the request, and the cookie of one at the other.
  const otherHost = await first.ask("GET / HTTP/1.1", [`Host: ${second.host}`]);
  const otherName = await first.ask("GET / HTTP/1.1", [`Host: ${second.host}`], second.servername);
  if (otherHost.status !== 421 || otherName.status !== 403)
    throw new Error(`Another session answered ${otherHost.status} and ${otherName.status}.`);
  evidence["another session"] = {
    "its Host": { answered: 421, recorded: await recorded(context, first.session, "host-mismatch", 1) },
    "its name, without its cookie": {
      answered: 403,
      recorded: await recorded(context, second.session, "unauthenticated", 1),
    },
  };
  evidence["what stays with the granted port"] = await ledNowhere(first);
  return evidence;
}

/** Requests that the device itself answers: whatever they name, it is the one granted port that hears them. */
async function ledNowhere(web: WebClient): Promise<Evidence> {
  const target = `${neighbourAddress}:80`;
  const tries: Record<string, Promise<Answered>> = {
    "path of two slashes": web.ask(`GET //${target}/ HTTP/1.1`, [`Host: ${web.host}`]),
    "proxies' headers": web.ask("GET / HTTP/1.1", [
      `Host: ${web.host}`,
      `X-Forwarded-Host: ${target}`,
      `Forwarded: host=${target}`,
      `X-Original-URL: http://${target}/`,
    ]),
  };
  const evidence: Record<string, number> = {};
  for (const [name, answer] of Object.entries(tries)) evidence[name] = (await answer).status;
  return evidence;
}

/** The refusals have not ended the session: its own page is still served. */
async function alive(web: WebClient): Promise<void> {
  const { status } = await web.ask("GET / HTTP/1.1", [`Host: ${web.host}`]);
  if (status !== 200) throw new Error(`The session's own page answers ${status}.`);
}

/** Each attempt on a link of its own, for the agent ends one that breaks the layout. */
async function tryForgery(context: Context, forgery: Forgery): Promise<Evidence> {
  const client = await NativeClient.enter(context, "tcp");
  try {
    const seen = await forge(client, forgery);
    if (!forgery.breaks) return { device: seen };
    return { link: "ended", recorded: await recorded(context, client.ticket.session, "frame-malformed", 1) };
  } finally {
    client.close();
  }
}

/** How often the session's recording has this refusal, as the officer reads it, once it has it at least `least` times. */
function recorded(context: Context, session: string, code: ErrorCode, least: number): Promise<number> {
  const yamada = context.person("yamada");
  return until(`${least} of ${code} in the recording`, 10_000, async () => {
    const { entries } = await yamada.get<Static<typeof SessionEntries>>(`/api/sessions/${session}/entries`);
    const count = entries.filter((entry) => entry.kind === "refusal" && entry.code === code).length;
    return count >= least && count;
  });
}
