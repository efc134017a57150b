import fc from "fast-check";
import { Check } from "typebox/value";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Downloads } from "../../../api/downloads.ts";
import { endpoints } from "../../../api/server.ts";
import { WaitingRoom } from "../../../api/waiting-room.ts";
import { agentMessages } from "../../../protocol/agent-control.ts";
import type { Face } from "../../../protocol/face.ts";
import { makeId } from "../../../protocol/make-id.ts";
import { AgentEnd } from "../../component/authority/parts.ts";
import { type Name, outcome, World } from "../../component/authority/world.ts";
import { startWorld } from "../../component/gateway/world.ts";
import { dial, drain } from "../../unit/link/sockets.ts";
import { ServedFace } from "../face.ts";
import { nearly, shaped } from "../shape.ts";

const ends: (() => void | Promise<void>)[] = [];
const end = (then: () => void | Promise<void>) => void ends.push(then);
let world: World;
let downloads: Downloads;
const cookies = {} as Record<Name, string>;
const served = {} as Record<Face, ServedFace>;

beforeAll(async () => {
  world = await World.open({ until: end });
  downloads = await Downloads.open(undefined);
  for (const face of ["portal", "staff"] as const) served[face] = await ServedFace.open(world, face, end);
  for (const name of ["technician", "leader", "approver", "officer", "administrator", "auditor"] as const)
    cookies[name] = (await world.signIn(name)).token;
});
afterAll(async () => {
  for (const then of ends.reverse()) await then();
});

describe("A24: no input of somebody authorized ends a program", () => {
  const routes = (face: Face) => {
    const { context, leases, sequencer } = world;
    return endpoints({ context, face, leases, sequencer, scrypt: WaitingRoom.ofPasswords(), pages: "", downloads });
  };

  test.each<[Face, Name[]]>([
    ["portal", ["technician", "leader"]],
    ["staff", ["approver", "officer", "administrator", "auditor"]],
  ])(
    "A24: any body to any route of the %s is answered, and never by an internal error",
    async (face, people) => {
      for (const route of routes(face)) {
        await fc.assert(
          fc.asyncProperty(nearly(route.body), fc.constantFrom(...people), fc.string(), async (body, name, id) => {
            const url = route.url.replace(/:\w+/g, encodeURIComponent(id) || makeId("session", new Uint8Array(10)));
            const { statusCode } = await served[face].call(
              route.method === "GET" ? `${url}?limit=${encodeURIComponent(id)}` : url,
              {
                method: route.method,
                ...(route.method === "POST" ? { body: JSON.stringify(body) ?? "null" } : {}),
                cookie: cookies[name],
              },
            );
            expect([route.url, body, statusCode]).not.toContain(500);
          }),
          // A try with a password takes a third of a second.
          { numRuns: route.url.endsWith("password") ? 3 : 15 },
        );
        // A sign-out along the way ends a sign-in.
        for (const name of people) cookies[name] = (await world.signIn(name)).token;
      }
    },
    60_000,
  );

  test("A24: whatever an agent that joined says, or breaks off in the middle of, the authority goes on", async () => {
    const types = Object.keys(agentMessages) as (keyof typeof agentMessages)[];
    const says = fc.oneof(
      ...types.map((type) =>
        shaped(agentMessages[type].send)
          .filter((body) => Check(agentMessages[type].send, body))
          .map((body) => ({ type, body: body as never })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(says, { minLength: 1, maxLength: 4 }), async (messages) => {
        const agent = await AgentEnd.connect(world, "agentA", end);
        await agent.hello(world);
        const answers = messages.map(({ type, body }) => outcome(agent.link.request(type, body, 2_000)));
        if (messages.length % 2 === 0) agent.close();
        // Refused by its code, or the link's end; nothing that the authority did not foresee.
        for (const [index, answer] of (await Promise.all(answers)).entries())
          expect([messages[index], answer]).not.toContain("internal");
        agent.close();
      }),
      { numRuns: 40 },
    );
    const agent = await AgentEnd.connect(world, "agentA", end);
    expect(await outcome(agent.hello(world))).toBe("done");
  }, 60_000);

  test("A24: a gateway bears any first bytes, and connections that break off at any moment", async () => {
    const gateway = await startWorld();
    const authority = await gateway.connect();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), async (bytes, breaksOff) => {
        const client = await dial(gateway.gateway.port);
        client.on("error", () => {});
        // No first byte of TLS or of a method's letter: what could still become a hello would be waited for.
        client.write(Buffer.concat([Buffer.of(0), bytes]));
        if (breaksOff) return void client.resetAndDestroy();
        expect(await drain(client)).toEqual({ bytes: Buffer.alloc(0), reset: true });
      }),
      { numRuns: 50 },
    );
    expect((await gateway.session(authority)).host).toContain("link.genkan.internal");
  }, 30_000);
});
