import { isDeepStrictEqual } from "node:util";
import type { Context } from "../context.ts";
import type { AskOrder } from "../network/ask.ts";
import type { Knocked, KnockOrder } from "../network/knock.ts";
import type { Zone } from "../network/topology.ts";
import { NativeClient } from "../parts/native-client.ts";
import { WebClient } from "../parts/web-client.ts";
import type { Evidence } from "../result.ts";

type FirstBytes = Pick<KnockOrder, "hello" | "text">;

/** A client on the hospital's own network without a session gets exactly what one on the Internet gets: nothing. */
export async function run(context: Context): Promise<Evidence> {
  const native = await NativeClient.enter(context, "tcp");
  const web = await WebClient.enter(context);
  try {
    const tryFrom = async (zone: Zone) => ({
      strangers: await reset(context, zone),
      ...(await unserved(context, zone, native.ticket.host)),
      portal: await refused(context, zone, "portal"),
      "page of a live session, without its cookie": await withoutCookie(context, zone, web),
    });
    const inside = await tryFrom("hospital");
    const outside = await tryFrom("vendor");
    if (!isDeepStrictEqual(inside, outside))
      throw new Error(`The LAN is treated otherwise: ${JSON.stringify({ inside, outside })}`);
    return { fromTheLan: inside, alikeFromOutside: true, staff: await refused(context, "hospital", "staff") };
  } finally {
    native.close();
  }
}

/** What names no session: the gateway resets it and has said nothing. */
async function reset(context: Context, zone: Zone): Promise<Evidence> {
  const { names } = context.layout;
  const knocked = await knock(context, zone, {
    "unknown name": { hello: `http-nobody.${names.access}` },
    "no name": { hello: "" },
    "a device's own name": { hello: "nurse-call.hospital.test" },
    "plain http to the portal": { text: `GET / HTTP/1.1\r\nHost: ${names.portal}\r\n\r\n` },
    "neither TLS nor HTTP": { text: "SSH-2.0-OpenSSH_9.2\r\n" },
  });
  for (const [what, { bytes, end }] of Object.entries(knocked))
    if (end !== "reset" || bytes > 0) throw new Error(`${what} from ${zone}: ${end} after ${bytes} bytes`);
  return knocked;
}

/** Names behind which agent and authority end the TLS: they serve nobody whose key is not the one. */
async function unserved(context: Context, zone: Zone, session: string): Promise<Evidence> {
  const knocked = await knock(context, zone, {
    "name of a live session": { hello: session },
    "name that agents use": { hello: "agents.genkan.internal" },
  });
  return Object.fromEntries(
    Object.entries(knocked).map(([what, { bytes, insideTls, end }]) => {
      if (!["reset", "closed"].includes(end) || insideTls > 0)
        throw new Error(`${what} from ${zone}: ${end} after ${insideTls} bytes`);
      // Zero here as well would mean that this look can't see bytes at all.
      if (bytes === 0) throw new Error(`${what} from ${zone} did not get as far as a handshake.`);
      return [what, { end, insideTls }];
    }),
  );
}

async function knock<K extends string>(
  context: Context,
  zone: Zone,
  all: Readonly<Record<K, FirstBytes>>,
): Promise<Record<K, Knocked>> {
  const { ports } = await context.world();
  const at = { address: context.layout.addresses.gateway, port: ports.public };
  const orders = Object.values<FirstBytes>(all).map((first) => ({ ...at, ...first }));
  const knocked = await context.probe(zone, "knockAll", orders);
  return Object.fromEntries(Object.keys(all).map((what, index) => [what, knocked[index]])) as Record<K, Knocked>;
}

async function withoutCookie(context: Context, zone: Zone, web: WebClient): Promise<number> {
  const at = { address: context.layout.addresses.gateway, port: web.port, servername: web.servername };
  const [answer] = await ask(context, zone, [{ ...at, request: [`GET / HTTP/1.1`, `Host: ${web.host}`] }]);
  if (answer?.status !== 403) throw new Error(`A stranger on ${zone} got ${answer?.status}.`);
  return answer.status;
}

const doors = {
  portal: ["GET /api/me", "GET /api/devices", "GET /api/grants", "GET /api/sessions", "POST /api/sessions"],
  staff: ["GET /api/me", "GET /api/devices", "GET /api/grants", "GET /api/sessions", "POST /api/locks"],
} as const;

/** Doors of the API, without a sign-in. */
async function refused(context: Context, zone: Zone, face: keyof typeof doors): Promise<Evidence> {
  const { ports } = await context.world();
  const { names, addresses } = context.layout;
  const at = {
    portal: { address: addresses.gateway, port: ports.public, servername: names.portal },
    staff: { address: addresses.staff, port: ports.staff, servername: names.staff },
  }[face];
  const host = `${at.servername}:${at.port}`;
  const body = ["Content-Type: application/json", "Content-Length: 0"];
  const orders = doors[face].map((line) => {
    const heads = [`${line} HTTP/1.1`, `Host: ${host}`, `Origin: https://${host}`];
    return { ...at, request: line.startsWith("POST") ? [...heads, ...body] : heads };
  });
  const answers = await ask(context, zone, orders);
  return Object.fromEntries(
    doors[face].map((line, index) => {
      const { status, code } = answers[index] ?? { status: 0, code: null };
      if (status !== 401) throw new Error(`${line} at ${host} from ${zone} answered ${status} ${code}.`);
      return [line, `${status} ${code}`];
    }),
  );
}

type Heads = Omit<AskOrder, "ca" | "request"> & { readonly request: readonly string[] };

function ask(context: Context, zone: Zone, orders: readonly Heads[]) {
  const ca = context.certificates?.file ?? "";
  return context.probe(
    zone,
    "askAll",
    orders.map(({ request, ...at }) => ({
      ...at,
      ca,
      request: [...request, "Connection: close", "", ""].join("\r\n"),
    })),
  );
}
