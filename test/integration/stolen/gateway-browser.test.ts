import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../bin/start/ports.ts";
import { Program } from "../../../bin/start/program.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { signWithJwk } from "../../../crypto/statement.ts";
import type { SessionTicket } from "../../../protocol/api/session.ts";
import { StandInGateway } from "../../stand-in/gateway.ts";
import { makeTestCa, type TestCa } from "../../story/parts/test-ca.ts";
import type { Technician } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const marker = "marker-of-a-page-4711";

/** In production a browser speaks https to the agent, and the gateway carries it. Here the gateway is somebody else's. */
describe("a gateway in the real one's place, before a browser", () => {
  let device: Server;
  let world: QuickWorld;
  let standIn: StandInGateway;
  let ca: TestCa;
  let sato: Technician;
  let ticket: SessionTicket;
  let cookie: string;
  const reached: string[] = [];

  beforeAll(async () => {
    device = createServer((req, res) => {
      void text(req).then((body) => {
        reached.push(`${req.url} ${body}`);
        res.end(`the device says ${marker}`);
      });
    });
    const port = await freePort();
    await once(device.listen(port, "127.0.0.1"), "listening");
    world = await QuickWorld.start({
      devices: [{ name: "pages", protocol: "http", port: (device.address() as AddressInfo).port }],
      without: ["authority", "agent"],
    });
    const { gateway, authority, agent, folders, ports } = world.parts;
    const names = { portal: "portal.localhost", staff: "staff.localhost", access: "access.localhost" };
    ca = makeTestCa(join(world.folder, "ca"), names);
    const { cert, key } = ca.hosts.access;
    const args = [...agent.options.args, "--access-cert", cert, "--access-key", key];
    world.put("agent", new Program({ ...agent.options, args }));
    await gateway.stop();
    standIn = await StandInGateway.start(folders.gateway, ports.public);
    await world.begin("authority");
    await authority.waitFor("gateway-connected", 60_000);
    await world.begin("agent");
    await world.parts.agent.waitFor("connected", 60_000);
    sato = await world.technician();
    const grant = await world.grant(sato, await world.staff("tanaka"), "pages");
    const of = { grant: grant.id, service: grant.services[0]?.id, client: "browser", clientKey: null };
    ticket = await sato.post<SessionTicket>("/api/sessions", of);
    const { session, host, proofNonce: nonce, grantHash } = ticket;
    const { privateKey, publicKey } = sato.workstation;
    const said = { grant: grantHash, session, nonce, binding: `host:${host}` };
    const proof = await signWithJwk("genkan/proof/v1", said, privateKey, publicJwkOf(publicKey));
    const form = new URLSearchParams({ session, proof }).toString();
    const entered = await send("POST", "/.genkan/enter", form, {
      origin: `http://${names.portal}:${ports.public}`,
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(entered.statusCode).toBe(303);
    cookie = entered.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
  });

  afterAll(async () => {
    standIn?.stop();
    await world?.stop();
    device?.close();
  });

  const name = () => ticket.host.replace(/:\d+$/, "");

  function send(
    method: string,
    path: string,
    body = "",
    headers: Record<string, string> = {},
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request({
        host: "127.0.0.1",
        port: world.parts.ports.public,
        servername: name(),
        ca: readFileSync(ca.file),
        agent: false,
        method,
        path,
        headers: { host: ticket.host, "content-length": Buffer.byteLength(body), ...headers },
      });
      sent.once("response", resolve).once("error", reject);
      sent.end(body);
    });
  }

  test("reads neither request nor page nor cookie of a browser", async () => {
    const answer = await send("POST", `/${marker}`, `body ${marker}`, { cookie, origin: `http://${ticket.host}` });
    expect([answer.statusCode, await text(answer)]).toEqual([200, `the device says ${marker}`]);
    expect(reached).toEqual([`/${marker} body ${marker}`]);
    for (const way of ["up", "down"] as const)
      expect(standIn.passed.bytes(name(), way).length).toBeGreaterThan(marker.length);
    expect(cookie.length).toBeGreaterThan(20);
    for (const secret of [marker, cookie]) expect(standIn.passed.seen(secret)).toEqual([]);
  });

  test("changes no byte of a page unseen", async () => {
    const before = reached.length;
    // All but the hello: the rest is sealed, and its last bytes are the request's.
    const flip = (chunk: Buffer) => Buffer.from(chunk.map((byte, at) => (at === chunk.length - 1 ? byte ^ 1 : byte)));
    standIn.passed.change(name(), "up", (chunk) => [chunk[0] === 22 ? chunk : flip(chunk)]);
    await expect(send("GET", "/changed", "", { cookie })).rejects.toThrow();
    expect(reached.length).toBe(before);
  });
});
