import { sql } from "kysely";
import { Check } from "typebox/value";
import { beforeAll, describe, expect, test } from "vitest";
import { admit } from "../../../authority/admission.ts";
import { newId } from "../../../crypto/random.ts";
import { errors } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { type IdKind, idPrefixes } from "../../../protocol/make-id.ts";
import { readId } from "../../../protocol/read-id.ts";
import { Scope } from "../../../store/scope.ts";
import { listSessions } from "../../../store/session.ts";
import { asPin } from "../../brand.ts";
import { sampleOf } from "../../fuzz/seed/sample.ts";
import { AgentEnd, approved, asked, connectGateway, nothing, wish } from "../authority/parts.ts";
import type { Name } from "../authority/world.ts";
import { type Answer, type Ask, Faces, said, shareFaces } from "./world.ts";

let f: Faces;
const tokens = {} as Record<Name, string>;
/** What vendor A and hospital A have. */
const own = {} as { [K in "request" | "grant" | "session" | "lock"]: Id<K> };

shareFaces((shared) => {
  f = shared;
});
beforeAll(async () => {
  const { world } = f;
  const ends: (() => void | Promise<void>)[] = [];
  const end = (work: () => void | Promise<void>) => void ends.push(work);
  await world.enrol("approver");
  await connectGateway(world, end);
  await (await AgentEnd.connect(world, "agentA", end)).hello(world);
  const technician = await world.caller("technician");
  const first = await asked(world, technician);
  const grant = await approved(world, "approver", first.id, first.windows);
  own.grant = grant.id;
  own.request = (await asked(world, technician)).id;
  const input = {
    grant: grant.id,
    service: world.devices.own.services[1] ?? ("svc_" as const),
    client: "native",
  } as const;
  own.session = (await admit(world.context, technician, { ...input, clientKey: asPin("A".repeat(43)) })).session;
  for (const name of [
    "technician",
    "rival",
    "rivalChief",
    "officer",
    "foreignOfficer",
    "foreignApprover",
    "foreignAdministrator",
    "approver",
  ] as const)
    tokens[name] = await f.token(name);
  const body = { kind: "person", target: world.people.colleague.id, reason: "x" };
  const { body: locked } = await f.post("staff", "/api/locks", body, { as: tokens.officer });
  own.lock = readId("lock", String(locked.id));
  const { db } = world.store;
  const ofTechnician = async (table: "sign_in" | "workstation") =>
    (await db.selectFrom(table).select("id").where("person", "=", world.people.technician.id).executeTakeFirstOrThrow())
      .id;
  const ofApprover = db.selectFrom("authenticator").select("id").where("person", "=", world.people.approver.id);
  others = {
    contract: await world.contract("own"),
    gateway: (await db.selectFrom("gateway").select("id").executeTakeFirstOrThrow()).id,
    authenticator: (await ofApprover.executeTakeFirstOrThrow()).id,
    signIn: await ofTechnician("sign_in"),
    workstation: await ofTechnician("workstation"),
    // Nobody has ended the work with vendor A.
    erasure: newId("erasure"),
  };
  return async () => {
    for (const work of ends.reverse()) await work();
  };
});

/** What is not made at once: of hospital A, of its installation, of vendor A's technician, or of hospital A's approver. */
let others: Partial<Record<IdKind, string>>;

/** Of this kind, what vendor A or hospital A has. */
function theirs(kind: IdKind): string {
  const { ids, devices, people } = f.world;
  const known: Partial<Record<IdKind, string>> = {
    ...own,
    site: ids.siteA,
    vendor: ids.vendorA,
    agent: ids.agentA,
    device: devices.own.id,
    service: devices.own.services[0] ?? "",
    person: people.colleague.id,
    ...others,
  };
  const id = known[kind];
  if (id === undefined) throw new Error(`Nobody has a ${kind} here.`);
  return id;
}

describe("what is another's looks exactly like what is not", () => {
  /** By the URL or what stands last in it, where not any honest body would do. */
  const bodies: Record<string, unknown> = {
    "/api/sites/:id": { name: "Hospital", zone: "Asia/Tokyo", contact: null },
    withdrawal: {},
    mismatch: { faults: ["grant"] },
    denial: { reason: "x" },
    begin: { windows: [{ start: "2026-03-02T01:00:00.000Z", end: "2026-03-02T01:10:00.000Z" }] },
    approval: { ceremony: nothing("ceremony"), response: {} },
    revocation: { reason: "x" },
    end: { reason: null },
    freeze: { frozen: true, reason: null },
    lift: { reason: "x" },
  };

  // First: what the others try below stands in their own hospital's log, with the ids that they sent.
  test("in lists, for the other vendor and the other hospital", async () => {
    for (const [face, name] of [
      ["portal", "rival"],
      ["portal", "rivalChief"],
      ["staff", "foreignOfficer"],
      ["staff", "foreignApprover"],
    ] as const)
      for (const route of f.endpoints(face)) {
        if (route.method !== "GET" || route.url.includes(":id") || route.permission === "public") continue;
        const { text } = await f.ask(face, "GET", route.url, { as: tokens[name] });
        const { people, devices, ids } = f.world;
        for (const secret of [...Object.values(own), people.technician.id, devices.own.id, ids.vendorA, "Vendor A"])
          expect([route.url, name, secret, text.split(secret)[1]?.slice(0, 200)]).toEqual([
            route.url,
            name,
            secret,
            undefined,
          ]);
      }
  });

  test("on every route with an id, for the other vendor and the other hospital (A7)", async () => {
    const before = JSON.stringify(await listSessions(f.world.store.db, Scope.system()));
    let asked_ = 0;
    let notFound = 0;
    for (const [face, who] of [
      ["portal", ["rival", "rivalChief"]],
      ["staff", ["foreignOfficer", "foreignApprover", "foreignAdministrator"]],
    ] as const)
      for (const route of f.endpoints(face)) {
        // A program for download is the same for everybody, and its id is its name.
        if (!route.url.includes(":id") || route.url === "/api/downloads/:id") continue;
        const pattern = JSON.stringify(route.params);
        const kind = (Object.keys(idPrefixes) as IdKind[]).find((one) => pattern.includes(`^${idPrefixes[one]}_`));
        const verb = route.url.split("/").at(-1) ?? "";
        const usual = bodies[route.url] ?? bodies[verb];
        const body = route.body && (Check(route.body, usual) ? usual : sampleOf(route.body));
        const o: Ask = route.method === "POST" ? { body } : {};
        expect([route.url, kind !== undefined, route.method === "GET" || body !== undefined]).toEqual([
          route.url,
          true,
          true,
        ]);
        if (!kind) continue;
        for (const name of who) {
          asked_ += 1;
          // An answer may repeat the id that it was asked for.
          const answer = async (id: string) => {
            const { status, text } = await f.ask(face, route.method, route.url.replace(":id", id), {
              ...o,
              as: tokens[name],
            });
            return { status, text: text.replaceAll(id, "ID") };
          };
          const forbidden = await answer(theirs(kind));
          const unknown = await answer(nothing(kind));
          expect([route.url, name, forbidden.status, forbidden.text]).toEqual([
            route.url,
            name,
            unknown.status,
            unknown.text,
          ]);
          // A body that is judged by itself is refused before anybody looks for the thing.
          expect([route.url, [400, 404].includes(forbidden.status)]).toEqual([route.url, true]);
          if (forbidden.status === 404) notFound += 1;
        }
      }
    expect(asked_).toBeGreaterThan(100);
    expect(notFound).toBeGreaterThan(asked_ * 0.9);
    expect(JSON.stringify(await listSessions(f.world.store.db, Scope.system()))).toBe(before);
  });

  test("in bodies that name an id", async () => {
    const { people, devices, ids } = f.world;
    const lock = (target: string, kind: string) =>
      f.post("staff", "/api/locks", { kind, target, reason: "x" }, { as: tokens.foreignOfficer });
    for (const [kind, target] of [
      ["person", people.technician.id],
      ["device", devices.own.id],
      ["vendor", ids.vendorA],
    ] as const)
      expect((await lock(target, kind)).text).toBe((await lock(nothing(kind), kind)).text);
    const window = f.world.window(0, 60_000);
    const ask = (device: Id<"device">) => {
      const words = { zone: "UTC", reason: "r", plan: "p" };
      return f.post(
        "portal",
        "/api/requests",
        { device, services: devices.own.services, window, ...words },
        { as: tokens.rival },
      );
    };
    expect((await ask(devices.own.id)).text).toBe((await ask(nothing("device"))).text);
    const connect = (grant: Id<"grant">) =>
      f.post(
        "portal",
        "/api/sessions",
        { grant, service: devices.own.services[0], client: "browser", clientKey: null },
        { as: tokens.rival },
      );
    expect((await connect(own.grant)).text).toBe((await connect(nothing("grant"))).text);
    expect(said(await connect(own.grant))).toBe("404 not-found");
  });

  test("and who may not call a route gets what a route that is not gets", async () => {
    const forbidden = await f.post("staff", "/api/locks", {}, { as: tokens.approver });
    const unknown = await f.post("staff", "/api/none", {}, { as: tokens.approver });
    expect([forbidden.status, forbidden.text]).toEqual([unknown.status, unknown.text]);
  });
});

describe("a request from elsewhere (A14)", () => {
  const me = (headers: Ask["headers"]) =>
    f.ask("portal", "GET", "/api/me", { as: tokens.technician, ...(headers ? { headers } : {}) });
  const out = (headers: Ask["headers"]) =>
    f.post(
      "portal",
      "/api/device-codes/lookup",
      { userCode: "AAAA-AAAA" },
      { as: tokens.technician, ...(headers ? { headers } : {}) },
    );

  test.each<[string, Ask["headers"]]>([
    ["another origin", { origin: "https://evil.example" }],
    ["the other face's origin", { origin: "https://staff.genkan.example" }],
    ["a device page's origin", { origin: "https://http-x.access.genkan-sessions.example" }],
    ["an origin that begins alike", { origin: "https://portal.genkan.example.evil.example" }],
    ["the same name over http", { origin: "http://portal.genkan.example" }],
    ["the same name on another port", { origin: "https://portal.genkan.example:8443" }],
    ["a sandbox", { origin: "null" }],
    ["a cross-site fetch", { "sec-fetch-site": "cross-site" }],
    ["a same-site fetch", { "sec-fetch-site": "same-site" }],
  ])("with a cookie and %s is refused and audited", async (_, headers) => {
    for (const call of [me, out]) {
      let answer = "";
      const records = await f.recorded(async () => {
        answer = said(await call(headers));
      });
      expect(answer).toBe("403 origin-refused");
      expect(records).toMatchObject([{ outcome: "refused", reasons: ["origin-refused"] }]);
    }
  });

  test("that would change something says its origin; one that reads need not", async () => {
    expect(said(await out({ origin: null }))).toBe("403 origin-refused");
    expect(said(await out({}))).toBe("404 not-found");
    expect(said(await me({ origin: null, "sec-fetch-site": null }))).toBe("200");
    expect(said(await me({ "sec-fetch-site": "none" }))).toBe("200");
  });

  test("can't sign somebody in as another, cookie or not", async () => {
    const url = "/api/sign-in/begin";
    expect(said(await f.post("portal", url, {}, { headers: { origin: "https://evil.example" } }))).toBe(
      "403 origin-refused",
    );
    expect(said(await f.post("portal", url, {}, { headers: { origin: null } }))).toBe("200");
  });

  test("for another host is refused, whatever it asks for", async () => {
    for (const host of [
      "evil.example",
      "staff.genkan.example",
      "portal.genkan.example:8443",
      "PORTAL.genkan.example.",
      "127.0.0.1",
    ])
      for (const url of ["/api/me", "/", "/assets/app.js", "/api/openapi.json"])
        expect([host, url, (await f.ask("portal", "GET", url, { headers: { host } })).status]).toEqual([
          host,
          url,
          421,
        ]);
  });

  test.each([
    ["text/plain", 415],
    ["application/x-www-form-urlencoded", 415],
    ["multipart/form-data; boundary=x", 415],
    ["application/xml", 415],
    ["application/json; charset=utf-8", 404],
    ["APPLICATION/JSON", 404],
  ])("with the media type %s is answered %i", async (type, status) => {
    const body = JSON.stringify({ userCode: "AAAA-AAAA" });
    const answer = await f.ask("portal", "POST", "/api/device-codes/lookup", {
      as: tokens.technician,
      body,
      headers: { "content-type": type },
    });
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  });

  test("in JSON is no form, and no media type is none", async () => {
    const json = { client_id: "genkan-cli" };
    expect((await f.post("staff", "/oauth/device_authorization", json)).status).toBe(415);
    const bare = await f.ask("portal", "POST", "/api/sign-in/begin", {});
    expect(said(bare)).toBe("415 media-type-refused");
  });
});

describe("a failure", () => {
  const isProblem = (answer: Answer, code: keyof typeof errors) => {
    expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({
      type: `urn:genkan:error:${code}`,
      title: errors[code].title,
      status: errors[code].status,
      code,
      reasons: [],
    });
    expect(answer.status).toBe(errors[code].status);
    expect(
      Object.keys(answer.body).every((name) => ["type", "title", "status", "detail", "code", "reasons"].includes(name)),
    ).toBe(true);
  };
  const post = (body: unknown, url = "/api/device-codes/lookup") =>
    f.post("portal", url, body, { as: tokens.technician });

  test("is told as problem details (RFC 9457), by its code", async () => {
    isProblem(await post("{"), "bad-request");
    isProblem(await post(""), "bad-request");
    isProblem(await post('{"userCode":"AAAA-AAAA","__proto__":{"a":1}}'), "bad-request");
    isProblem(await post({ userCode: "AAAA-AAAA", more: 1 }), "bad-request");
    isProblem(await post({ userCode: 7 }), "bad-request");
    isProblem(await post([]), "bad-request");
    isProblem(await post(`"${"x".repeat(limits.bodyBytes)}"`), "body-too-large");
    isProblem(await f.ask("portal", "GET", "/api/requests/x", { as: tokens.technician }), "bad-request");
    isProblem(await f.ask("portal", "GET", "/api/none", { as: tokens.technician }), "not-found");
    isProblem(await f.post("portal", "/none", {}, { as: tokens.technician }), "not-found");
    isProblem(await f.ask("portal", "GET", "/api/%zz", { as: tokens.technician }), "bad-request");
    isProblem(
      await f.ask("portal", "GET", `/api/requests/${"x".repeat(2_000)}`, { as: tokens.technician }),
      "not-found",
    );
    isProblem(await f.ask("portal", "GET", "/api/me"), "unauthenticated");
    isProblem(await f.ask("staff", "GET", "/api/audit?limit=0", { as: tokens.officer }), "bad-request");
    isProblem(await f.ask("staff", "GET", "/api/audit?limit=5&limit=6", { as: tokens.officer }), "bad-request");
  });

  test("tells why a decision refused, by its reasons", async () => {
    const body = await wish(f.world, await f.world.caller("technician"), { windows: [f.world.window(-60_000, 0)] });
    const answer = await f.post("portal", "/api/requests", body, { as: tokens.technician });
    expect([answer.status, answer.body.code, answer.body.reasons]).toEqual([403, "denied", ["window-past"]]);
  });

  test("repeats no value that was sent", async () => {
    const sent = [{ userCode: "hunter2-hunter2" }, { userCode: ["hunter2"] }, '{"userCode": hunter2'];
    for (const body of sent) expect((await post(body)).text).not.toContain("hunter2");
    expect((await post({}, "/hunter2")).text).not.toContain("hunter2");
  });

  test("of the store is one code, also where it keeps a refusal from the log", async () => {
    const full = await Faces.open();
    const as = await full.token("technician");
    await sql
      .raw("create trigger full before insert on outbox begin select raise(abort, 'no room'); end")
      .execute(full.world.store.db);
    isProblem(
      await full.post("portal", "/api/device-codes/lookup", { userCode: "AAAA-AAAA" }, { as }),
      "store-unavailable",
    );
    const form = { client_id: "another" };
    isProblem(await full.ask("portal", "POST", "/oauth/device_authorization", { form }), "store-unavailable");
  });
});

describe("every answer", () => {
  test("forbids inline script, frames, sniffing and foreign sources", async () => {
    for (const url of ["/", "/requests/x", "/api/me", "/assets/app.js"]) {
      const { headers } = await f.ask("portal", "GET", url);
      const policy = String(headers["content-security-policy"]);
      for (const part of [
        "default-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "style-src-attr 'none'",
      ])
        expect([url, policy.includes(part)]).toEqual([url, true]);
      expect(policy).not.toMatch(/unsafe|\*(?!\.access\.genkan-sessions\.example)|http:/);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["strict-transport-security"]).toMatch(/max-age=31536000/);
      expect(headers["x-powered-by"]).toBeUndefined();
    }
  });

  test("of a page has a nonce of its own, and no other file of the folder or above is served", async () => {
    const nonce = async () => /nonce="([^"]+)"/.exec((await f.ask("portal", "GET", "/")).text)?.[1];
    const [first, second] = [await nonce(), await nonce()];
    expect(first).not.toBe(second);
    expect((await f.ask("portal", "GET", "/any/where")).text).toContain("portal");
    expect((await f.ask("staff", "GET", "/any/where", {})).text).toContain("staff");
    for (const url of [
      "/assets/../secret.txt",
      "/assets/..%2fsecret.txt",
      "/assets/%2e%2e/secret.txt",
      "/secret.txt",
      "/staff.html",
      "/assets/..%5csecret.txt",
    ])
      expect([url, (await f.ask("portal", "GET", url)).text.includes("not served")]).toEqual([url, false]);
    expect((await f.ask("portal", "GET", "/assets/none.js")).status).toBe(404);
    expect((await f.ask("portal", "GET", "/")).headers["cache-control"]).toBe("no-store");
    // Nothing that the API says is kept by a browser or a proxy, be it an answer, a refusal or a token.
    for (const [method, url] of [
      ["GET", "/api/me"],
      ["GET", "/api/nowhere"],
      ["POST", "/api/sign-in/begin"],
      ["POST", "/oauth/token"],
      ["POST", "/oauth/device_authorization"],
    ] as const)
      expect([url, (await f.ask("portal", method, url, { body: {} })).headers["cache-control"]]).toEqual([
        url,
        "no-store",
      ]);
  });
});
