import { describe, expect, test } from "vitest";
import { readApproverList } from "../../../agent/approver-list.ts";
import { TicketNonces } from "../../../agent/nonces.ts";
import { type AdmitOrder, type Ground, ladder, verifyAdmission } from "../../../agent/verify.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { newId, randomToken } from "../../../crypto/random.ts";
import type { AccessRequest } from "../../../protocol/access-request.ts";
import type { ApproversStatement } from "../../../protocol/approvers.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { noObligations } from "../../../protocol/kept-obligations.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Obligations } from "../../../protocol/obligations.ts";
import { asHash, asPin, asThumbprint } from "../../brand.ts";
import { Approver, bytesOf, Scene, Workstation } from "./fixture.ts";

function groundOf(scene: Scene, change: Partial<Ground> = {}, list: Partial<ApproversStatement> = {}) {
  const nonces = new TicketNonces({ now: () => performance.now(), random: () => randomToken() });
  const ground: Ground = {
    self: scene.agent.pin,
    site: scene.site,
    list: readApproverList(bytesOf(scene.listStatement(list)), scene.site),
    authorityKey: scene.authority.publicKey,
    nonces,
    allowList: { permits: (address, port) => address === scene.service.address && port === scene.service.port },
    recorder: { ready: true },
    gateways: [scene.gateway.key],
    browserTls: false,
    knows: () => false,
    now: new Date(),
    ...change,
  };
  return { ground, nonces };
}

async function outcome(order: AdmitOrder, ground: Ground): Promise<string> {
  try {
    await verifyAdmission(order, ground);
    return "admitted";
  } catch (error) {
    return error instanceof GenkanError ? error.code : String(error);
  }
}

type Doctor = (
  scene: Scene,
  nonce: string,
) => Promise<{
  order: AdmitOrder;
  ground?: Partial<Ground>;
  list?: Partial<ApproversStatement>;
}>;

const minutes = (from: number, to: number) => ({
  start: new Date(Date.now() + from * 60_000).toISOString(),
  end: new Date(Date.now() + to * 60_000).toISOString(),
});

/** Of each member of a request one that the grant does not give. */
const mismatches: [what: string, request: (s: Scene) => Partial<AccessRequest>][] = [
  ["another site", () => ({ site: { id: newId("site"), name: "Hospital" } })],
  ["another person", () => ({ person: { id: newId("person"), name: "Tech" } })],
  ["another name", (s) => ({ person: { id: s.technician.id, name: "Somebody" } })],
  ["another vendor", () => ({ vendor: { id: newId("vendor"), name: "Vendor" } })],
  ["another workstation", (s) => ({ workstation: { ...s.request().workstation, id: newId("workstation") } })],
  ["another device", () => ({ device: { id: newId("device"), name: "Monitor" } })],
  ["another port", (s) => ({ services: s.request().services.map((one) => ({ ...one, port: 81 })) })],
  [
    "another exception of TLS",
    (s) => ({ services: s.request().services.map((one) => ({ ...one, tls: ["old-tls"] })) }),
  ],
  ["another protocol", (s) => ({ services: s.request().services.map((one) => ({ ...one, protocol: "http" })) })],
  ["a later window", () => ({ windows: [minutes(-0.5, 60)] })],
  ["two windows with a gap in which the grant is open", () => ({ windows: [minutes(-2, -0.5), minutes(0.5, 90)] })],
  ["a shorter window", () => ({ windows: [minutes(-10, 30)] })],
  ["another zone", () => ({ zone: "UTC" })],
  ["an emergency", () => ({ rule: "emergency" })],
];

/** Of each obligation one value that agents of this version don't keep. */
const beyond: Record<keyof Obligations, Partial<Obligations>> = {
  requirement: { requirement: [{ roles: ["officer"], persons: 1 }] },
  recording: { recording: "stream" },
  bytes: { bytes: { up: null, down: 1_000_000 } },
  files: { files: "none" },
  supervision: { supervision: "watched" },
  consent: { consent: "at-device" },
  warnings: { warnings: ["The device is in use."] },
};

const doctored: [refusal: string, what: string, doctor: Doctor][] = [
  [
    "trust-missing",
    "no list of approvers is pinned",
    async (s, n) => ({ ...(await s.order(n)), ground: { list: undefined } }),
  ],
  [
    "ticket-invalid",
    "another key signed the ticket",
    async (s, n) => {
      const { order, grantHash } = await s.order(n);
      return { order: { ...order, ticket: await s.signTicket(s.ticket(grantHash, n), createProgramKey()) } };
    },
  ],
  [
    "ticket-invalid",
    "the ticket has an unknown member",
    async (s, n) => {
      const { order, grantHash } = await s.order(n);
      return { order: { ...order, ticket: await s.signTicket({ ...s.ticket(grantHash, n), admin: true }) } };
    },
  ],
  [
    "ticket-invalid",
    "the ticket is for another agent",
    (s, n) => s.order(n, { ticket: { agent: asPin("B".repeat(43)) } }),
  ],
  [
    "ticket-invalid",
    "the ticket names another grant",
    (s, n) => s.order(n, { ticket: { grant: asHash("B".repeat(43)) } }),
  ],
  ["ticket-invalid", "a native client has no key", (s, n) => s.order(n, { ticket: { clientKey: null } })],
  ["ticket-invalid", "a browser has a TLS key", (s, n) => s.order(n, { ticket: { client: "browser" } })],
  [
    "ticket-replayed",
    "the session is known already",
    async (s, n) => ({ ...(await s.order(n)), ground: { knows: () => true } }),
  ],
  [
    "grant-malformed",
    "the grant is no JSON",
    async (s, n) => ({ order: { ...(await s.order(n)).order, grant: Buffer.from("{").toString("base64url") } }),
  ],
  [
    "grant-malformed",
    "the grant has an unknown member",
    async (s, n) => ({
      order: { ...(await s.order(n)).order, grant: bytesOf({ ...s.grant(), forever: true }).toString("base64url") },
    }),
  ],
  [
    "grant-other-agent",
    "the grant is for another agent",
    (s, n) => s.order(n, { grant: { agent: { id: newId("agent"), key: asPin("B".repeat(43)) } } }),
  ],
  [
    "grant-other-agent",
    "the grant is for another site",
    (s, n) => s.order(n, { grant: { site: { id: newId("site"), name: "Elsewhere" } } }),
  ],
  [
    "request-malformed",
    "the request is no JWS of a request",
    async (s, n) => {
      const { order } = await s.order(n);
      return { order: { ...order, request: order.ticket } };
    },
  ],
  [
    "request-malformed",
    "the request was doctored after it was signed",
    async (s, n) => {
      const { order } = await s.order(n);
      const [head, , signature] = order.request.split(".");
      const other = bytesOf(s.request({ reason: "Another reason" })).toString("base64url");
      return { order: { ...order, request: `${head}.${other}.${signature}` } };
    },
  ],
  [
    "request-mismatch",
    "a key signed the request that is none of the workstation's",
    (s, n) => s.order(n, { asker: new Workstation() }),
  ],
  [
    "request-mismatch",
    "another request was granted, honestly signed too",
    async (s, n) => {
      const { order } = await s.order(n);
      return { order: { ...order, request: await s.workstation.ask(s.request({ reason: "Another reason" })) } };
    },
  ],
  ...mismatches.map(([what, request]): [string, string, Doctor] => [
    "request-mismatch",
    `the request was for ${what}`,
    (s, n) => s.order(n, { request: request(s) }),
  ]),
  [
    "request-mismatch",
    "the grant lets in a key that the workstation did not vouch for",
    (s, n) =>
      s.order(n, {
        grant: {
          workstation: {
            id: s.request().workstation.id,
            thumbprints: [asThumbprint(s.workstation.thumbprint), asThumbprint("B".repeat(43))],
          },
        },
      }),
  ],
  ...Object.entries<Partial<Obligations>>(beyond).map(([name, part]): [string, string, Doctor] => [
    "obligation-refused",
    `the grant obliges to ${name}`,
    (s, n) => s.order(n, { grant: { obligations: { ...noObligations, ...part } } }),
  ]),
  ["approval-missing", "nobody approved", (s, n) => s.order(n, { approvals: () => [] })],
  [
    "approval-missing",
    "another grant was approved",
    (s, n) => s.order(n, { approvals: () => [s.approver.approve("B".repeat(43))] }),
  ],
  [
    "approval-missing",
    "the signer is unknown",
    (s, n) => s.order(n, { approvals: (hash) => [new Approver("Stranger").approve(hash)] }),
  ],
  [
    "approval-missing",
    "the statement names another person than the key",
    (s, n) => s.order(n, { approvals: (hash) => [s.approver.approve(hash, { approver: s.second.id })] }),
  ],
  [
    "approval-missing",
    "the statement names another rpID",
    (s, n) => s.order(n, { approvals: (hash) => [s.approver.approve(hash, { rp: "portal.example.org" })] }),
  ],
  [
    "approval-missing",
    "it was signed on another origin",
    (s, n) => s.order(n, { approvals: (hash) => [s.approver.approve(hash, {}, { origin: "https://evil.example" })] }),
  ],
  [
    "approval-missing",
    "the signer was not verified",
    (s, n) => s.order(n, { approvals: (hash) => [s.approver.approve(hash, {}, { userVerified: false })] }),
  ],
  [
    "approval-missing",
    "the statement was changed after it was signed",
    (s, n) =>
      s.order(n, {
        approvals: (hash) => {
          const other = s.approver.approve("B".repeat(43));
          return [{ ...other, statement: s.approver.approve(hash).statement }];
        },
      }),
  ],
  [
    "approval-missing",
    "the signer's key has expired",
    async (s, n) => ({
      ...(await s.order(n)),
      list: { keys: [s.approver.key({ expires: new Date(Date.now() - 1).toISOString() }), s.second.key()] },
    }),
  ],
  [
    "approval-missing",
    "the signer has another role",
    async (s, n) => ({
      ...(await s.order(n)),
      list: { keys: [s.approver.key({ roles: ["officer"] }), s.second.key()] },
    }),
  ],
  [
    "approval-missing",
    "two are wanted and one approved twice, with two keys",
    async (s, n) => {
      const again = new Approver("again");
      const key = again.key({ person: { id: s.approver.id, name: s.approver.name } });
      return {
        ...(await s.order(n, {
          approvals: (hash) => [s.approver.approve(hash), again.approve(hash, { approver: s.approver.id })],
        })),
        list: {
          keys: [s.approver.key(), key],
          rules: {
            normal: [{ roles: ["approver"], persons: 2 }],
            emergency: [{ roles: ["approver"], persons: 1 }],
          },
        },
      };
    },
  ],
  ["role-not-served", "its client only looks on", (s, n) => s.order(n, { ticket: { role: "watch" } })],
  [
    "gateway-unknown",
    "it goes over a gateway that nobody on this host named",
    (s, n) => s.order(n, { ticket: { gateway: { ...s.gateway, key: asPin("B".repeat(43)) } } }),
  ],
  [
    "approval-self",
    "the requester approved, even beside others",
    (s, n) =>
      s.order(n, {
        grant: { person: { ...s.technician, id: s.second.id } },
        approvals: (hash) => [s.approver.approve(hash), s.second.approve(hash)],
      }),
  ],
  ["window-not-begun", "the window begins later", (s, n) => s.order(n, { grant: { windows: [minutes(5, 10)] } })],
  [
    "window-not-begun",
    "one window is over and one is to come",
    (s, n) => s.order(n, { grant: { windows: [minutes(-10, -5), minutes(5, 10)] } }),
  ],
  ["window-closed", "every window is over", (s, n) => s.order(n, { grant: { windows: [minutes(-10, -5)] } })],
  [
    "clock-skew",
    "the authority's clock is too far ahead",
    (s, n) => s.order(n, { ticket: { issuedAt: new Date(Date.now() + limits.clockSkewMs + 5_000).toISOString() } }),
  ],
  [
    "clock-skew",
    "the authority's clock is too far behind",
    (s, n) => s.order(n, { ticket: { issuedAt: new Date(Date.now() - limits.clockSkewMs - 5_000).toISOString() } }),
  ],
  ["ticket-replayed", "the nonce is not this agent's", (s) => s.order(randomToken())],
  [
    "service-not-granted",
    "the grant lacks the service",
    (s, n) => s.order(n, { ticket: { service: newId("service") } }),
  ],
  [
    "service-not-granted",
    "a browser wants what is not http",
    (s, n) => s.order(n, { ticket: { client: "browser", clientKey: null, host: "http-x.access.localhost:7443" } }),
  ],
  [
    "service-not-granted",
    "a browser would come in the clear from another machine",
    (s, n) =>
      s.order(n, {
        grant: { services: [{ ...s.service, protocol: "http" }] },
        ticket: { client: "browser", clientKey: null, host: "http-x.localhost.evil.example" },
      }),
  ],
  [
    "target-not-listed",
    "the grant names a port that the allow-list does not",
    (s, n) => s.order(n, { grant: { services: [{ ...s.service, port: s.service.port + 1 }] } }),
  ],
  [
    "recorder-unavailable",
    "the recorder can't write",
    async (s, n) => ({ ...(await s.order(n)), ground: { recorder: { ready: false } } }),
  ],
];

describe("an order to admit", () => {
  test("is admitted when everything holds, and names what may be served", async () => {
    const scene = new Scene();
    const { ground, nonces } = groundOf(scene);
    const { order, session, grantHash } = await scene.order(nonces.issue());
    const admission = await verifyAdmission(order, ground);
    expect(admission).toMatchObject({ grantHash, ticket: { session }, service: { id: scene.service.id } });
    expect(admission.approvers.map((key) => key.person.id)).toEqual([scene.approver.id]);
    expect(Date.parse(admission.window.end)).toBeGreaterThan(Date.now());
  });

  test.each(doctored)("is refused with %s when %s", async (refusal, _, doctor) => {
    const scene = new Scene();
    const nonce = randomToken();
    const { order, ground, list } = await doctor(scene, nonce);
    const honest = groundOf(scene, {}, list);
    const nonces = new TicketNonces({ now: () => 0, random: () => nonce });
    nonces.issue();
    expect(await outcome(order, { ...honest.ground, nonces, ...ground })).toBe(refusal);
  });

  /** Seconds by which the authority's clock is ahead; the window, in seconds from the agent's now; what comes of it. */
  const clocks: [ahead: number, window: [number, number], outcome: string][] = [
    [60, [30, 600], "admitted"],
    [60, [90, 600], "window-not-begun"],
    [60, [-600, 90], "admitted"],
    [60, [-600, 30], "window-closed"],
    [-60, [-30, 600], "admitted"],
    [-60, [30, 600], "window-not-begun"],
    [-60, [-600, -30], "window-closed"],
    [-60, [-600, 30], "admitted"],
    [-3_600, [-7_200, -3_000], "clock-skew"],
    [3_600, [3_000, 7_200], "clock-skew"],
    [-86_400, [-90_000, -82_800], "clock-skew"],
    [86_400, [82_800, 90_000], "clock-skew"],
  ];
  test.each(clocks)(
    "by an authority that is %d s ahead, for a window of %j, is %s",
    async (ahead, [from, to], said) => {
      const scene = new Scene();
      const { ground, nonces } = groundOf(scene);
      const { order } = await scene.order(nonces.issue(), {
        grant: { windows: [minutes(from / 60, to / 60)] },
        ticket: { issuedAt: new Date(Date.now() + ahead * 1_000).toISOString() },
      });
      expect(await outcome(order, ground)).toBe(said);
    },
  );

  test("tells by how much the clock that closes the window is ahead, and never that it is behind", async () => {
    for (const ahead of [60_000, -60_000]) {
      const scene = new Scene();
      const { ground, nonces } = groundOf(scene);
      const issuedAt = new Date(ground.now.getTime() + ahead).toISOString();
      const { order } = await scene.order(nonces.issue(), { ticket: { issuedAt } });
      expect((await verifyAdmission(order, ground)).aheadMs).toBe(Math.max(0, ahead));
    }
  });

  test("has a doctored order above for every rung of the ladder", () => {
    const shown = new Set(doctored.map(([refusal]) => refusal));
    expect(ladder.map(({ code }) => code).filter((code) => !shown.has(code))).toEqual([]);
  });

  test("is admitted once: the same ticket again is a replay", async () => {
    const scene = new Scene();
    const { ground, nonces } = groundOf(scene);
    const { order } = await scene.order(nonces.issue());
    expect(await outcome(order, ground)).toBe("admitted");
    expect(await outcome(order, ground)).toBe("ticket-replayed");
  });

  test("is refused when the link on which its nonce was asked for is over, or the nonce is too old", async () => {
    const scene = new Scene();
    let now = 0;
    const nonces = new TicketNonces({ now: () => now, random: () => randomToken() });
    const { ground } = groundOf(scene, { nonces });
    const first = await scene.order(nonces.issue());
    nonces.void();
    expect(await outcome(first.order, ground)).toBe("ticket-replayed");
    const second = await scene.order(nonces.issue());
    now += limits.ticketNonceMs;
    expect(await outcome(second.order, ground)).toBe("ticket-replayed");
  });

  test("wants two distinct persons when the rule says two; a lapsed key beside them does no harm", async () => {
    const scene = new Scene();
    const lapsed = new Approver("lapsed");
    const two: Partial<ApproversStatement> = {
      keys: [scene.approver.key(), scene.second.key(), lapsed.key({ expires: "2020-01-01T00:00:00.000Z" })],
      rules: { normal: [{ roles: ["approver"], persons: 2 }], emergency: [{ roles: ["officer"], persons: 1 }] },
    };
    const { ground, nonces } = groundOf(scene, {}, two);
    const by = (...approvers: Approver[]) =>
      scene.order(nonces.issue(), { approvals: (hash) => approvers.map((approver) => approver.approve(hash)) });
    expect(await outcome((await by(scene.approver)).order, ground)).toBe("approval-missing");
    expect(await outcome((await by(scene.approver, lapsed)).order, ground)).toBe("approval-missing");
    expect(await outcome((await by(scene.approver, scene.approver)).order, ground)).toBe("approval-missing");
    expect(await outcome((await by(scene.approver, lapsed, scene.second)).order, ground)).toBe("admitted");
  });

  test("wants an approver and an officer when the rule says so, and one who is both is one of them", async () => {
    const scene = new Scene();
    const both = new Approver("both");
    const officer = new Approver("officer");
    const list: Partial<ApproversStatement> = {
      keys: [
        scene.approver.key(),
        scene.second.key(),
        officer.key({ roles: ["officer"] }),
        both.key({ roles: ["approver", "officer"] }),
      ],
      rules: {
        normal: [
          { roles: ["approver"], persons: 1 },
          { roles: ["officer"], persons: 1 },
        ],
        emergency: [{ roles: ["officer"], persons: 1 }],
      },
    };
    const { ground, nonces } = groundOf(scene, {}, list);
    const by = async (...approvers: Approver[]) => {
      const approvals = (hash: string) => approvers.map((approver) => approver.approve(hash));
      return outcome((await scene.order(nonces.issue(), { approvals })).order, ground);
    };
    expect(await by(scene.approver, scene.second)).toBe("approval-missing");
    expect(await by(officer)).toBe("approval-missing");
    expect(await by(both, both)).toBe("approval-missing");
    expect(await by(scene.approver, officer)).toBe("admitted");
    expect(await by(both, scene.approver)).toBe("admitted");
    expect(await by(officer, both)).toBe("admitted");
  });

  test("is admitted by an approval that names several grants, for each of them", async () => {
    const scene = new Scene();
    const { ground, nonces } = groundOf(scene);
    const { order } = await scene.order(nonces.issue(), {
      approvals: (hash) => [scene.approver.approve(hash, { grants: [asHash("B".repeat(43)), asHash(hash)] })],
    });
    expect(await outcome(order, ground)).toBe("admitted");
  });

  test("lets a browser of this machine in to an http service", async () => {
    const scene = new Scene(80, "127.0.0.1", "http");
    const { ground, nonces } = groundOf(scene);
    const ticket = { client: "browser", clientKey: null, host: "http-x.access.localhost:7443" } as const;
    expect(await outcome((await scene.order(nonces.issue(), { ticket })).order, ground)).toBe("admitted");
  });
});
