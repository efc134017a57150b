import { TypeBoxValidatorCompiler } from "@fastify/type-provider-typebox";
import { sql } from "kysely";
import type { TSchema } from "typebox";
import type { Endpoint } from "../../../api/endpoint.ts";
import { errors } from "../../../protocol/error.ts";
import { type Face, faces } from "../../../protocol/face.ts";
import { limits } from "../../../protocol/limits.ts";
import { Faces } from "../../component/api/world.ts";
import { asked, wish } from "../../component/authority/parts.ts";
import type { Name } from "../../component/authority/world.ts";
import { sampleOf } from "../seed/sample.ts";
import { json } from "../shape/json.ts";
import { lines } from "../shape/parts.ts";
import { mix, type Shape, under } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target, type Verdict } from "../target.ts";

const parts = ["body", "params", "query"] as const;

interface Route {
  readonly face: Face;
  readonly endpoint: Endpoint;
}

async function opened(): Promise<{ f: Faces; routes: Route[]; close: () => Promise<void> }> {
  const ends: (() => Promise<void>)[] = [];
  const f = await Faces.open({ until: (end) => void ends.push(end) });
  const routes = faces.flatMap((face) => f.endpoints(face).map((endpoint) => ({ face, endpoint })));
  const close = async () => {
    for (const end of ends.reverse()) await end();
  };
  return { f, routes, close };
}

const lineOf = ({ face, endpoint }: Route, part: string) => `${face} ${endpoint.method} ${endpoint.url} ${part}`;
const fileOf = (line: string) => line.replace(/[^\w-]+/g, "-");

/** First line: face, method, route and part; then what its schema is asked about, in JSON. */
export const apiSchema: Target = {
  name: "api-schema",
  parsers: ["protocol/api/*.ts", "api/endpoint.ts", "protocol/schema.ts"],
  holds: "no member that the schema lacks, no instant that the calendar lacks, nothing that changes when written again",
  shape: under(1, mix([5, json], [1, text])),
  words: ["body", "reason", "window", "start", "end", "9999-12-31T23:59:59.999Z"],
  verdicts: ["bad-request", "no json"],
  most: limits.bodyBytes + 1_000,
  seeds: async () => {
    const { routes, close } = await opened();
    const seeds: Record<string, string> = {};
    for (const route of routes)
      for (const part of parts) {
        const schema = route.endpoint[part];
        const line = lineOf(route, part);
        // Once for both faces where they share a route, and not where there is nothing to say.
        const shared = seeds[fileOf(line.replace(/^staff/, "portal"))] !== undefined;
        const said = schema && JSON.stringify(sampleOf(schema));
        if (said && said !== "{}" && !shared && part !== "params") seeds[fileOf(line)] = `${line}\n${said}`;
      }
    await close();
    return seeds;
  },
  open: async () => {
    const { routes, close } = await opened();
    type Validate = (value: unknown) => { value?: unknown; error?: unknown };
    const checks = new Map<string, Validate>();
    for (const route of routes)
      for (const part of parts) {
        const schema: TSchema | undefined = route.endpoint[part];
        const httpPart = part === "query" ? "querystring" : part;
        const { method, url } = route.endpoint;
        if (!schema) continue;
        const compiled = TypeBoxValidatorCompiler({ schema, httpPart, method, url }) as Validate;
        checks.set(lineOf(route, part), compiled);
      }
    const [first] = checks.values();
    return {
      execute: (input) => {
        const end = Math.max(0, input.indexOf(10));
        const line = input.toString("latin1", 0, end);
        let value: unknown;
        try {
          value = JSON.parse(input.toString("utf8", end + 1));
        } catch {
          return "no json";
        }
        const before = JSON.stringify(value);
        const result = (checks.get(line) ?? first)?.(value);
        // Queries are text until they are asked.
        hold(line.endsWith("query") || JSON.stringify(value) === before, "asking changed it");
        if (!result || result.error !== undefined) return "bad-request";
        const { window } = value as { window?: { start: string; end: string } };
        for (const at of window ? [window.start, window.end] : [])
          hold(new Date(at).toISOString() === at, "no instant");
        return accepted;
      },
      close,
    };
  },
};

/** Whoever may call most routes of a face. */
const callers = ["technician", "approver", "officer", "administrator", "nobody"] as const;
/** Tables that a refusal may write: the log says that it was refused, and a proof is used up. */
const logTables = ["outbox", "log_record", "log_index", "log_subject", "log_use", "log_checkpoint", "setting"];
const oauthCodes: Readonly<Record<string, string>> = {
  invalid_request: "bad-request",
  invalid_dpop_proof: "dpop-invalid",
};
/** The verdict on what was not asked. Not accepted, or most inputs would come of it in the end. */
const leftOut = "left out";
const malformed = ["bad-request", "body-too-large", "media-type-refused", "origin-refused", "host-mismatch"];
/** A world is left after so many requests: tries to sign in are counted, and from some number on all are too many. */
const worldRequests = 1_000;

/** First line: face, caller, method and URL; header lines to the first empty one; then the body. */
const request: Shape = (input, m) => {
  const head = Math.max(0, input.indexOf("\n\n"));
  const body = input.subarray(head + 2);
  const first = m.random.below(8);
  const changed = first === 0 ? lines("\n")(input.subarray(0, head), m) : input.subarray(0, head);
  return Buffer.concat([changed, Buffer.from("\n\n"), first === 1 ? text(body, m) : json(body, m)]);
};

export const apiRequest: Target = {
  name: "api-request",
  parsers: ["api/server.ts", "api/authenticate.ts", "api/*-routes.ts", "authority/*.ts"],
  holds:
    "the answer is one of the route's, or problem details with a code; after a malformed request the store is as it was",
  shape: request,
  words: [
    "content-type: application/json",
    "cookie: __Host-genkan=x",
    "authorization: DPoP x",
    "dpop: a.b.c",
    "host: evil.example",
  ],
  verdicts: [...Object.keys(errors).filter((code) => code !== "internal"), leftOut],
  replayed: 100,
  most: limits.bodyBytes + 2_000,
  seeds: async () => {
    const { routes, close } = await opened();
    const seeds: Record<string, string> = {};
    for (const { face, endpoint } of routes) {
      const caller = face === "portal" ? "technician" : (["approver", "officer"] as const)[endpoint.url.length % 2];
      const url = endpoint.url.replace(
        ":id",
        String((endpoint.params && (sampleOf(endpoint.params) as { id: string }))?.id),
      );
      const said = endpoint.body ? sampleOf(endpoint.body) : undefined;
      const body = endpoint.form
        ? new URLSearchParams(said as Record<string, string>).toString()
        : JSON.stringify(said);
      const type = endpoint.form ? "application/x-www-form-urlencoded" : "application/json";
      const line = `${face} ${caller} ${endpoint.method} ${url}`;
      if (endpoint.method === "POST")
        seeds[fileOf(`${face} ${endpoint.url}`)] = `${line}\ncontent-type: ${type}\n\n${body}`;
    }
    for (const [name, seed] of Object.entries(knownThings)) seeds[name] = seed;
    seeds["portal-me"] = "portal technician GET /api/me\naccept: application/json\n\n";
    seeds["staff-audit"] = "staff officer GET /api/audit?before=10&limit=2\n\n";
    await close();
    return seeds;
  },
  open: async () => {
    let world: ApiWorld | undefined;
    return {
      execute: async (input) => {
        if (!world || world.asked >= worldRequests) {
          await world?.close();
          world = await ApiWorld.open();
        }
        return world.ask(input);
      },
      close: () => world?.close(),
    };
  },
};

const window = { start: "2026-03-02T02:00:00.000Z", end: "2026-03-02T03:00:00.000Z" };
const post = (who: string, url: string, body: object) =>
  `${who} POST ${url}\ncontent-type: application/json\n\n${JSON.stringify(body)}`;
/** Requests about things that there are: a world puts its own ids in the place of `{device}` and the like. */
const knownThings: Readonly<Record<string, string>> = {
  "known-device": post("portal technician", "/api/requests", { request: "{wish}" }),
  "known-request-withdrawn": post("portal technician", "/api/requests/{request}/withdrawal", {}),
  "known-request-denied": post("staff approver", "/api/requests/{request}/denial", { reason: "いいえ" }),
  "known-request-approved": post("staff approver", "/api/requests/{request}/approval/begin", { windows: [window] }),
  "known-person-locked": post("staff officer", "/api/locks", { kind: "person", target: "{person}", reason: "調査" }),
  "known-device-locked": post("staff officer", "/api/locks", { kind: "device", target: "{device}", reason: "調査" }),
};

class ApiWorld {
  asked = 0;
  readonly close: () => Promise<void>;
  readonly #f: Faces;
  readonly #tokens: ReadonlyMap<string, string>;
  readonly #tables: string[];
  #ids: Readonly<Record<string, string>> = {};
  #before = "";
  #changed: unknown;

  private constructor(f: Faces, tokens: ReadonlyMap<string, string>, tables: string[], close: () => Promise<void>) {
    this.#f = f;
    this.#tokens = tokens;
    this.#tables = tables;
    this.close = close;
  }

  /** A pending request, and whom else requests can be about. */
  async #furnish(): Promise<void> {
    const { devices, people } = this.#f.world;
    await this.#f.world.enrol("approver");
    this.#ids = { device: devices.own.id, service: devices.own.services[0] as string, person: people.technician.id };
    const technician = await this.#f.world.caller("technician");
    const { id } = await asked(this.#f.world, technician);
    const { request: wished } = await wish(this.#f.world, technician);
    this.#ids = { ...this.#ids, request: id, wish: wished };
  }

  static async open(): Promise<ApiWorld> {
    const { f, close } = await opened();
    const tokens = new Map<string, string>();
    for (const caller of callers) if (caller !== "nobody") tokens.set(caller, await f.token(caller satisfies Name));
    const tables = await f.world.store.db.introspection.getTables();
    const names = tables
      .map(({ name }) => name)
      .filter((name) => !logTables.includes(name) && !name.startsWith("kysely"));
    const world = new ApiWorld(f, tokens, names, close);
    await world.#furnish();
    world.#before = await world.#dump();
    return world;
  }

  async ask(given: Buffer): Promise<Verdict> {
    this.asked++;
    const known = given.toString("latin1").replace(/\{(\w+)\}/g, (whole, name: string) => this.#ids[name] ?? whole);
    const input = Buffer.from(known, "latin1");
    const end = input.indexOf("\n\n");
    const [line = "", ...fields] = input.toString("latin1", 0, end < 0 ? input.length : end).split("\n");
    const [face, caller = "", method, url = "/"] = line.split(" ");
    const own: Face = face === "staff" ? "staff" : "portal";
    const headers: Record<string, string> = {};
    for (const field of fields) {
      // What node's parser would let through.
      const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(field) ?? [];
      if (name !== undefined && value !== undefined) headers[name.toLowerCase()] = value.trim();
    }
    const body = end < 0 ? "" : input.toString("utf8", end + 2);
    // A right password costs 128 MiB and a third of a second: that much of it is asked elsewhere.
    if (url.endsWith("password") && body.includes('"password"')) return leftOut;
    const answer = await this.#f.ask(own, method === "GET" ? "GET" : "POST", printable(url), {
      headers,
      ...(method === "GET" ? {} : { body }),
      ...(this.#tokens.has(caller) ? { as: this.#tokens.get(caller) as string } : {}),
    });
    const verdict = verdictOf(answer.status, answer.body);
    const changes = await this.#changes();
    if (changes === this.#changed) return verdict;
    const after = await this.#dump();
    if (malformed.includes(verdict)) hold(after === this.#before, `the store changed after ${verdict}`);
    this.#before = after;
    this.#changed = changes;
    return verdict;
  }

  /** Rows that were written so far, in any table. */
  async #changes(): Promise<unknown> {
    const { rows } = await sql`select total_changes() as changes`.execute(this.#f.world.store.db);
    return (rows[0] as { changes: number }).changes;
  }

  async #dump(): Promise<string> {
    const rows: unknown[] = [];
    for (const table of this.#tables)
      rows.push(
        await this.#f.world.store.db
          .selectFrom(table as "person")
          .selectAll()
          .execute(),
      );
    return JSON.stringify(rows);
  }
}

/** A request line that a client can send: no space, no control character, nothing beyond ASCII; one that can be put in here. */
const printable = (url: string) =>
  /^\/[\x21-\x7e]*$/.test(url) && URL.canParse(`http://localhost${url}`) && !/^\/[\\/]/.test(url) ? url : "/api/me";

function verdictOf(status: number, body: unknown): Verdict {
  if (status < 400) return accepted;
  const { code, error } = body as { code?: string; error?: string };
  const oauth = error === undefined ? undefined : (oauthCodes[error] ?? error.replaceAll("_", "-"));
  const verdict = code ?? oauth ?? `status ${status} without a code`;
  hold(
    oauth !== undefined || errors[verdict as keyof typeof errors]?.status === status,
    `${verdict} with status ${status}`,
  );
  return verdict;
}
