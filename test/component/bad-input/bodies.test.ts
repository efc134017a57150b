import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Endpoint } from "../../../api/endpoint.ts";
import { type Face, faces } from "../../../protocol/face.ts";
import { limits } from "../../../protocol/limits.ts";
import { sampleOf } from "../../fuzz/seed/sample.ts";
import { Faces } from "../api/world.ts";
import { wish } from "../authority/parts.ts";
import { hour, type Name, names } from "../authority/world.ts";

let f: Faces;
const tokens = new Map<Name, string>();
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  f = await Faces.open({ until: (end) => void ends.push(end) });
  for (const name of ["technician", "chief", "approver", "officer", "administrator", "auditor", "owner"] as const)
    tokens.set(name, await f.token(name));
  await f.world.enrol("approver");
});
afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** Somebody who may call this route on this face. */
function callerOf(face: Face, { permission }: Endpoint): string | undefined {
  if (permission === "public") return undefined;
  const { people } = f.world;
  const name = names.find(
    (one) =>
      people[one].face === face &&
      tokens.has(one) &&
      (permission === "signed-in" || people[one].roles.some((role) => permission.includes(role))),
  );
  return name && tokens.get(name);
}

/** Rows of all tables but the log, which says of each refusal that it was refused. */
async function rows(): Promise<string> {
  const { db } = f.world.store;
  const tables = (await db.introspection.getTables()).map(({ name }) => name);
  const kept = tables.filter((name) => !name.startsWith("log_") && !["outbox", "setting"].includes(name));
  const all: unknown[] = [];
  for (const table of kept)
    all.push(
      table,
      await db
        .selectFrom(table as "person")
        .selectAll()
        .execute(),
    );
  return JSON.stringify(all);
}

/** Routes that take a body, once where both faces have them. */
function withBody(face: Face): Endpoint[] {
  const takes = ({ method, body }: Endpoint) => method === "POST" && body !== undefined;
  const elsewhere = face === "staff" ? f.endpoints("portal").map(({ url }) => url) : [];
  return f.endpoints(face).filter((route) => takes(route) && !elsewhere.includes(route.url));
}

/** Sends each of `wrong` to each route that takes a body, and expects this code and a store as it was. */
async function refused(
  code: string,
  wrong: (honest: string, route: Endpoint) => readonly (string | Buffer)[],
  type?: string,
): Promise<void> {
  const before = await rows();
  let sent = 0;
  for (const face of faces)
    for (const route of withBody(face)) {
      const value = sampleOf(route.body as NonNullable<Endpoint["body"]>);
      const honest = route.form
        ? new URLSearchParams(value as Record<string, string>).toString()
        : JSON.stringify(value);
      const url = route.url.replace(":id", route.params ? (sampleOf(route.params) as { id: string }).id : "");
      const token = callerOf(face, route);
      const usual = route.form ? "application/x-www-form-urlencoded" : "application/json";
      for (const body of wrong(honest, route)) {
        const answer = await f.ask(face, "POST", url, {
          body: body.toString("latin1" as never),
          headers: { "content-type": type ?? usual },
          ...(token ? { as: token } : {}),
        });
        const said = (answer.body["code"] ?? answer.body["error"]) as string;
        expect([face, route.url, String(body).slice(0, 80), said]).toEqual([
          face,
          route.url,
          String(body).slice(0, 80),
          route.url.startsWith("/oauth") && code === "bad-request" ? "invalid_request" : code,
        ]);
        sent++;
      }
    }
  expect(sent).toBeGreaterThan(15);
  expect(await rows()).toBe(before);
}

describe("a body, on every route that takes one,", () => {
  test("cut short is refused as malformed, and the store is as it was", async () => {
    // A form cut short may still be a form, so those are left to their schema. The longest body is cut at every byte,
    // the others at eight places.
    await refused("bad-request", (honest, { form, url }) => {
      const step = url === "/api/requests" ? 1 : Math.max(1, Math.floor(honest.length / 8));
      return form ? [] : Array.from({ length: Math.ceil(honest.length / step) }, (_, at) => honest.slice(0, at * step));
    });
  });

  test("that is no object, has a member more, or a member of another kind, is refused as malformed", async () => {
    await refused("bad-request", (honest, { form }) => {
      if (form) return [`${honest}&more=1`, "more=1", "=", `${honest}&client_id=genkan-cli`];
      const members = Object.entries(JSON.parse(honest) as Record<string, unknown>);
      const other = members.map(([name]) => JSON.stringify({ ...Object.fromEntries(members), [name]: { a: [1] } }));
      // What WebAuthn's own dictionaries hold is for their library.
      const open = members.filter(([name]) => name === "response").length;
      return [
        "null",
        "1",
        '"x"',
        "[]",
        `[${honest}]`,
        honest.replace(/\}$/, `${members.length > 0 ? "," : ""}"more":1}`),
        ...(open ? [] : other),
      ];
    });
  });

  test("with a name that would reach a prototype is refused as malformed", async () => {
    await refused("bad-request", (honest, { form }) =>
      form
        ? ["__proto__=1", "constructor[prototype]=1"]
        : [
            '{"__proto__":{"a":1}}',
            honest.replace("{", `{"constructor":{"prototype":{}}${honest === "{}" ? "" : ","}`),
          ],
    );
  });

  test("one byte beyond the limit is refused as too large, whatever it is", async () => {
    await refused("body-too-large", (honest, { bodyLimit }) => [
      honest.padEnd(bodyLimit + 1, " "),
      "[".repeat(bodyLimit + 1),
    ]);
  });

  test("that nests as deep as the limit allows is refused as malformed", async () => {
    await refused("bad-request", (_honest, { form }) =>
      form ? [] : ["[".repeat(limits.bodyBytes), `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`],
    );
  });

  test("of another media type is refused by that", async () => {
    for (const type of ["text/plain", "application/xml"])
      await refused("media-type-refused", (honest) => [honest || "x"], type);
  });
});

describe("the same body again", () => {
  const wished = async () =>
    wish(f.world, await f.world.caller("technician"), { windows: [f.world.window(hour, 2 * hour)] });
  const ask = async () =>
    f.post<{ id: string; code?: string }>("portal", "/api/requests", await wished(), {
      as: tokens.get("technician") as string,
    });

  test("withdraws, denies, locks and lifts once; the second is refused and changes nothing", async () => {
    const technician = { as: tokens.get("technician") as string };
    const approver = { as: tokens.get("approver") as string };
    const officer = { as: tokens.get("officer") as string };
    const first = (await ask()).body.id;
    const second = (await ask()).body.id;
    const target = f.world.people.colleague.id;
    const lock = await f.post<{ id: string }>(
      "staff",
      "/api/locks",
      { kind: "person", target, reason: "調査" },
      officer,
    );
    const calls = [
      ["state-conflict", () => f.post("portal", `/api/requests/${first}/withdrawal`, {}, technician)],
      ["state-conflict", () => f.post("staff", `/api/requests/${second}/denial`, { reason: "いいえ" }, approver)],
      ["not-found", () => f.post("staff", `/api/locks/${lock.body.id}/lift`, { reason: "済" }, officer)],
    ] as const;
    for (const [code, call] of calls) {
      expect((await call()).status).toBe(200);
      const before = await rows();
      expect((await call()).body["code"]).toBe(code);
      expect(await rows()).toBe(before);
    }
  });

  test("of a ceremony is spent by the first try, also one that failed", async () => {
    const begun = await f.post<{ ceremony: string }>("portal", "/api/sign-in/begin");
    const body = { ceremony: begun.body.ceremony, response: { id: "unknown" } };
    expect((await f.post("portal", "/api/sign-in/passkey", body)).body["code"]).toBe("sign-in-failed");
    expect((await f.post("portal", "/api/sign-in/passkey", body)).body["code"]).toBe("ceremony-invalid");
  });

  test("with its members in another order is the same body", async () => {
    const officer = { as: tokens.get("officer") as string };
    const body = { reason: "調査", target: f.world.people.chief.id, kind: "person" };
    expect((await f.post("staff", "/api/locks", body, officer)).body).toMatchObject({ kind: "person", reason: "調査" });
  });

  test("asks once: the same signed request again is refused and changes nothing", async () => {
    const technician = { as: tokens.get("technician") as string };
    const body = await wished();
    expect((await f.post("portal", "/api/requests", body, technician)).status).toBe(201);
    const before = await rows();
    expect((await f.post("portal", "/api/requests", body, technician)).body["code"]).toBe("state-conflict");
    expect(await rows()).toBe(before);
  });
});

test.each([
  "before=1e300",
  "before=9007199254740992",
  "before=-1",
  "before=1&before=2",
  "before[]=1",
  "limit=0",
  "limit=201",
  "limit=x",
  "__proto__=1",
  "more=1",
])("a query of %s is refused as malformed", async (query) => {
  const answer = await f.ask("staff", "GET", `/api/audit?${query}`, { as: tokens.get("officer") as string });
  expect(answer.body).toMatchObject({ code: "bad-request", status: 400 });
});

test.each([
  "/%",
  "/api/%zz",
  "/api/requests/%80",
  `/api/requests/${"x".repeat(101)}/denial`,
  "/api/requests/req_0/denial",
])("the URL %s is answered with problem details", async (url) => {
  const answer = await f.ask("staff", "POST", url, { body: { reason: "x" }, as: tokens.get("approver") as string });
  expect(answer.body).toMatchObject({ type: "urn:genkan:error:bad-request", status: 400 });
  expect(answer.text).not.toContain("xxxx");
});
