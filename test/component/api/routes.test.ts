import fastify from "fastify";
import { beforeAll, describe, expect, test } from "vitest";
import type { Endpoint } from "../../../api/endpoint.ts";
import { requireDeclarations } from "../../../api/server.ts";
import { errors } from "../../../protocol/error.ts";
import { type Face, faces } from "../../../protocol/face.ts";
import { limits } from "../../../protocol/limits.ts";
import { type Role, roles } from "../../../protocol/person.ts";
import { type Name, names } from "../authority/world.ts";
import { type Faces, shareFaces } from "./world.ts";

let f: Faces;
const tokens = new Map<string, string>();

shareFaces((shared) => {
  f = shared;
});
beforeAll(async () => {
  const { people } = f.world;
  // Whoever holds just this role, with a sign-in of either face: the permission is asked, not where they belong.
  for (const role of roles) {
    const name = names.find((one) => people[one].roles.length === 1 && people[one].roles[0] === role) as Name;
    for (const face of faces) tokens.set(`${face} ${role}`, await f.token(name, { face }));
  }
});

/** Wrong on purpose: whoever may call is told so (400) before anything happens, whoever may not never comes so far. */
function wrong(route: Endpoint) {
  const url = route.url.replace(":id", "x");
  const o = route.form ? { form: { nope: "1" } } : route.method === "POST" ? { body: { nope: 1 } } : {};
  return { url: route.query ? `${url}?nope=1` : url, o };
}

/** They take a file. */
const files = ["/api/register/devices/import", "/api/accounts/import"];

const all = (face: Face) => f.endpoints(face);
const everybody: (Role | null)[] = [...roles, null];

describe.each(faces)("on the %s face", (face) => {
  test("each route lets in whom it declares, and nobody else; who is turned away stands in the log (A6, A7)", async () => {
    let turned = 0;
    for (const [index, route] of all(face).entries()) {
      // Beyond its share of a minute one person's refusals are counted, and not written one by one.
      if (index > 0 && index % limits.refusalsLoggedPerPerson === 0) await f.reopen(face);
      for (const role of everybody) {
        const { url, o } = wrong(route);
        const { permission } = route;
        const may =
          permission === "public" || (role !== null && (permission === "signed-in" || permission.includes(role)));
        const token = tokens.get(`${face} ${role}`);
        const calls = async () => f.ask(face, route.method, url, { ...o, ...(token ? { as: token } : {}) });
        let answer = { status: 0, body: null as unknown };
        const records = await f.recorded(async () => {
          answer = await calls();
        });
        const what = [route.method, route.url, role];
        if (may) {
          expect([...what, answer.status]).toEqual([...what, expect.toSatisfy((n: number) => n === 200 || n === 400)]);
        } else if (role === null) {
          // A visitor who is not signed in is no event.
          expect([...what, answer.status, records.length]).toEqual([...what, 401, 0]);
        } else {
          turned += 1;
          expect([...what, answer.status, answer.body]).toEqual([
            ...what,
            404,
            {
              type: "urn:genkan:error:not-found",
              title: errors["not-found"].title,
              status: 404,
              code: "not-found",
              reasons: [],
            },
          ]);
          expect(records).toMatchObject([{ action: route.audit, outcome: "refused", reasons: ["not-found"] }]);
        }
      }
    }
    expect(turned).toBeGreaterThan(20);
  });

  test("a HEAD of a route asks for the same", async () => {
    for (const route of all(face)) {
      if (route.method !== "GET" || route.permission === "public") continue;
      expect([route.url, (await f.ask(face, "HEAD", route.url.replace(":id", "x"))).status]).toEqual([route.url, 401]);
    }
  });

  test("a sign-in of the other face, one that has ended, and one that nobody has are nobody's", async () => {
    const other = face === "portal" ? "staff" : "portal";
    const ended = await f.token(face === "portal" ? "technician" : "officer", { face });
    expect((await f.post(face, "/api/sign-out", {}, { as: ended })).status).toBe(200);
    for (const as of [tokens.get(`${other} officer`) ?? "", ended, "AAAA", ""])
      for (const route of all(face)) {
        if (route.permission === "public") continue;
        const { url, o } = wrong(route);
        expect([route.url, (await f.ask(face, route.method, url, { ...o, as })).status]).toEqual([route.url, 401]);
      }
  });

  test("nothing is routed but what is declared, with a body limit that is no larger than it must be", () => {
    for (const route of all(face)) {
      expect([route.url, route.audit.length > 2, route.bodyLimit]).toEqual([
        route.url,
        true,
        route.method === "GET" ? 1 : files.includes(route.url) ? limits.sheetBodyBytes : limits.bodyBytes,
      ]);
      expect(route.method === "GET" || route.body !== undefined).toBe(true);
      expect(/:id/.test(route.url)).toBe(route.params !== undefined);
    }
  });

  test("every object of a schema refuses unknown members, and every text that comes in has an end", () => {
    const found: string[] = [];
    for (const route of all(face)) {
      const parts = { body: route.body, params: route.params, query: route.query, reply: route.reply };
      for (const [part, schema] of Object.entries(parts))
        if (schema) faults(schema, `${route.method} ${route.url} ${part}`, part !== "reply", found);
    }
    expect(found).toEqual([]);
  });

  test("the OpenAPI document lists its routes, all and no more, with their answers", async () => {
    const { body: document, status } = await f.ask<OpenApi>(face, "GET", "/api/openapi.json");
    expect([status, document.openapi]).toEqual([200, "3.1.0"]);
    const listed = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.entries(verbs).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
    );
    const declared = all(face).map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, "{$1}")}`);
    expect(listed.map(({ name }) => name).sort()).toEqual(declared.sort());
    for (const { name, operation } of listed) {
      const route = all(face).find(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, "{$1}")}` === name);
      const { responses, requestBody, parameters = [] } = operation;
      expect(responses.default?.content?.["application/problem+json"]).toBeDefined();
      if (route?.reply) expect([name, responses[String(route.status ?? 200)]?.content]).not.toEqual([name, undefined]);
      const media = Object.keys(requestBody?.content ?? {});
      if (route?.body) expect([name, media.length > 0]).toEqual([name, true]);
      const inPath = parameters.filter((parameter) => parameter.in === "path");
      expect([name, inPath.length]).toEqual([name, (name.match(/\{/g) ?? []).length]);
      expect(inPath.every(({ required }) => required)).toBe(true);
    }
    expect(JSON.stringify(document)).not.toMatch(/"\$ref":"(?!#\/)/);
  });
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
  readonly requestBody?: { content: Record<string, unknown> };
  readonly parameters?: { in: string; required: boolean }[];
}

type Schema = { readonly [member: string]: unknown };

function faults(schema: unknown, at: string, comesIn: boolean, found: string[]): void {
  if (typeof schema !== "object" || schema === null) return;
  const node = schema as Schema;
  // WebAuthn's own JSON forms: the library that verifies them checks their inside.
  const webauthn = /\.(options|response)$/.test(at) && Object.keys(node.properties ?? {}).length === 0;
  if (node.type === "object" && node.properties && node.additionalProperties !== false && !webauthn)
    found.push(`${at}: members`);
  const bounded = node.maxLength !== undefined || node.pattern !== undefined || node.const !== undefined || node.enum;
  if (comesIn && node.type === "string" && !bounded) found.push(`${at}: length`);
  if (comesIn && node.type === "array" && node.maxItems === undefined) found.push(`${at}: items`);
  if (comesIn && node.patternProperties) found.push(`${at}: any member`);
  for (const [name, child] of Object.entries(node.properties ?? {})) faults(child, `${at}.${name}`, comesIn, found);
  faults(node.items, `${at}[]`, comesIn, found);
  for (const list of ["anyOf", "oneOf", "allOf"])
    for (const child of (node[list] ?? []) as unknown[]) faults(child, at, comesIn, found);
}

test("a fault in a schema is found", () => {
  const of = (schema: unknown) => {
    const found: string[] = [];
    faults(schema, "it", true, found);
    return found;
  };
  expect(of({ type: "object", properties: { a: { type: "string" } }, additionalProperties: false })).toEqual([
    "it.a: length",
  ]);
  expect(of({ type: "object", properties: {} })).toEqual(["it: members"]);
  expect(of({ type: "array", items: { anyOf: [{ type: "string", maxLength: 3 }] } })).toEqual(["it: items"]);
});

describe("a route without its declaration stops the start:", () => {
  const declared = {
    method: "GET",
    url: "/x",
    faces,
    permission: "public",
    audit: "x",
    bodyLimit: 1,
    reply: null,
  } as const;
  const start = (o: { config?: object; bodyLimit?: number }) => {
    const app = fastify();
    requireDeclarations(app);
    return () => app.route({ method: "GET", url: "/x", handler: async () => ({}), ...o });
  };
  const without = (name: "permission" | "audit") => {
    const { [name]: _, ...rest } = declared;
    return rest;
  };

  test.each<[string, { config?: object; bodyLimit?: number }]>([
    ["any at all", { bodyLimit: 1 }],
    ["permission", { bodyLimit: 1, config: { declared: without("permission") } }],
    ["audit action", { bodyLimit: 1, config: { declared: without("audit") } }],
    ["audit action that says something", { bodyLimit: 1, config: { declared: { ...declared, audit: "" } } }],
    ["body limit", { config: { declared } }],
  ])("%s", (_, o) => {
    expect(start(o)).toThrow(/declares no permission, audit action or body limit/);
  });

  test("and one with all of them does not", () => {
    expect(start({ bodyLimit: 1, config: { declared } })).not.toThrow();
  });

  test("nor does a verb that nobody thought of slip through", () => {
    const app = fastify();
    requireDeclarations(app);
    for (const method of ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
      expect(() => app.route({ method, url: `/${method}`, handler: async () => ({}) })).toThrow(
        /declares no permission/,
      );
  });
});
