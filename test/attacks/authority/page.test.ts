import { describe, expect, test } from "vitest";
import { TryBudget } from "../../../api/try-budget.ts";
import { WaitingRoom } from "../../../api/waiting-room.ts";
import { checkHosts } from "../../../authority/hosts.ts";
import { errors } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { assertionJson } from "../../component/authority/parts.ts";
import { hosts, outcome, World } from "../../component/authority/world.ts";
import { ServedFace } from "../face.ts";

async function signedIn() {
  const world = await World.open();
  const portal = await ServedFace.open(world, "portal");
  const { token: cookie } = await world.signIn("technician");
  return { world, portal, cookie };
}

describe("A14: a foreign page in a signed-in browser", () => {
  const foreign: [string, Record<string, string>][] = [
    ["another site's origin", { origin: "https://evil.example" }],
    ["a device's page", { origin: "https://http-x.access.genkan-sessions.example" }],
    ["a sandboxed frame", { origin: "null" }],
    ["the origin by another scheme", { origin: "http://portal.genkan.example" }],
    ["the browser's own word that it is cross-site", { "sec-fetch-site": "cross-site" }],
    ["the browser's own word that it is a sibling", { "sec-fetch-site": "same-site" }],
  ];

  test.each(foreign)("A14: changes nothing and reads nothing with %s", async (_, headers) => {
    const { portal, cookie } = await signedIn();
    expect(await portal.outcome("/api/sign-out", { body: {}, cookie, headers })).toBe("origin-refused");
    expect(await portal.outcome("/api/me", { cookie, headers })).toBe("origin-refused");
    expect(await portal.outcome("/api/events", { cookie, headers })).toBe("origin-refused");
    expect(await portal.outcome("/api/me", { cookie })).toBe("200");
  });

  test("A14: posts no form that would be read as a call, and opens no live events without an origin", async () => {
    const { portal, cookie } = await signedIn();
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
    for (const type of types)
      expect(await portal.outcome("/api/sign-out", { body: "{}", cookie, headers: { "content-type": type } })).toBe(
        "media-type-refused",
      );
    const { host } = new URL(portal.origin);
    const bare = { host, cookie: `__Host-genkan=${cookie}` };
    const answer = await portal.app.inject({ method: "GET", url: "/api/events", headers: bare });
    expect(answer.json()).toMatchObject({ code: "origin-refused" });
    const silent = await portal.app.inject({ method: "POST", url: "/api/sign-out", headers: bare, payload: {} });
    expect(silent.json()).toMatchObject({ code: "origin-refused" });
  });

  test("A14: a document lets in no inline script, no frame, no base, and no form but to access hosts", async () => {
    const { portal } = await signedIn();
    const answer = await portal.call("/");
    const policy = new Map(
      String(answer.headers["content-security-policy"])
        .split(";")
        .map((directive) => directive.trim().split(" "))
        .map(([name = "", ...values]) => [name, values]),
    );
    expect(policy.get("default-src")).toEqual(["'self'"]);
    expect(policy.get("script-src")?.filter((value) => !value.startsWith("'nonce-"))).toEqual(["'self'"]);
    for (const name of ["frame-ancestors", "base-uri", "object-src", "style-src-attr"])
      expect([name, policy.get(name)]).toEqual([name, ["'none'"]]);
    expect(policy.get("form-action")).toEqual(["'self'", "https://*.access.genkan-sessions.example"]);
    expect(String(answer.headers["content-security-policy"])).not.toContain("unsafe");
  });

  test("A14: a hostile name is data in an answer, never a page", async () => {
    const { world, portal, cookie } = await signedIn();
    const name = '<img src=x onerror="alert(1)">';
    await world.store.db.updateTable("person").set({ name }).where("id", "=", world.people.technician.id).execute();
    const answer = await portal.call("/api/me", { cookie });
    expect(answer.json()).toMatchObject({ person: { name } });
    expect(answer.headers["content-type"]).toContain("application/json");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });
});

describe("A11: a device's page and the portal", () => {
  test("A11: the portal's cookie is of its one host, kept from scripts and from other sites", async () => {
    const world = await World.open();
    const passkey = await world.enrol("technician");
    const portal = await ServedFace.open(world, "portal");
    const begun = (await portal.call("/api/sign-in/begin", { body: {} })).json<{
      ceremony: string;
      options: { challenge: string };
    }>();
    const body = { ceremony: begun.ceremony, response: assertionJson(passkey, begun.options.challenge) };
    const answer = await portal.call("/api/sign-in/passkey", { body });
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(/^__Host-genkan=[\w-]+;/);
    for (const attribute of ["Path=/", "HttpOnly", "Secure", "SameSite=Strict"]) expect(cookie).toContain(attribute);
    expect(cookie).not.toMatch(/domain/i);
  });

  test.each([
    ["access hosts below the portal", { accessDomain: "portal.genkan.example" }],
    ["access hosts whose domain is above the portal", { accessDomain: "genkan.example" }],
    ["access hosts below the staff host", { accessDomain: "x.staff.genkan.example" }],
    ["the portal and the staff host in one", { staff: hosts.portal }],
    ["the staff host below the portal", { staff: "https://staff.portal.genkan.example" }],
  ])("A11: %s are not taken as hosts", async (_, change) => {
    expect(await outcome(async () => checkHosts({ ...hosts, ...change }))).toBe("bad-request");
    expect(checkHosts(hosts)).toBe(hosts);
  });

  test("A11: another name that resolves to a face is not that face", async () => {
    const { portal, cookie } = await signedIn();
    for (const host of ["http-x.access.genkan-sessions.example", "127.0.0.1", "portal.genkan.example:8443"])
      expect(await portal.outcome("/api/me", { cookie, headers: { host } })).toBe("host-mismatch");
  });
});

describe("A16: strangers who spend what is not theirs", () => {
  test("A16: guesses at one account from one address come to an end, and another address is not shut out by them", () => {
    const budget = new TryBudget(limits.signInFailures, limits.signInFailuresWindowMs);
    for (let n = 0; n < limits.signInFailures; n++) budget.take("1.2.3.4 sato", 0);
    const late = limits.signInFailuresWindowMs;
    expect(() => budget.take("1.2.3.4 sato", late - 1)).toThrow(errors["too-many"].title);
    budget.take("1.2.3.5 sato", 0);
    budget.take("1.2.3.4 sato", late);
  });

  test("A16: of the work that takes much memory two run, a few wait, and the rest is refused", async () => {
    const queue = new WaitingRoom(2, 3);
    let running = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const work = async () => {
      most = Math.max(most, ++running);
      await gate.promise;
      running -= 1;
    };
    const all = Array.from({ length: 9 }, () => outcome(queue.run(work)));
    gate.resolve();
    const outcomes = await Promise.all(all);
    expect(most).toBe(2);
    expect(outcomes.filter((code) => code === "too-many")).toHaveLength(4);
  });

  test("A16: a body beyond its limit is refused, and so is one to a route that takes none", async () => {
    const { portal, cookie } = await signedIn();
    const big = { reason: "x".repeat(limits.bodyBytes) };
    expect(await portal.outcome("/api/requests", { body: big, cookie })).toBe("body-too-large");
    // Before anybody is signed in, too.
    expect(await portal.outcome("/api/sign-in/begin", { body: big })).toBe("body-too-large");
  });
});
