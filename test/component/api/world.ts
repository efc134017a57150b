import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { Downloads } from "../../../api/downloads.ts";
import { buildFace, endpoints, type FaceOptions } from "../../../api/server.ts";
import { WaitingRoom } from "../../../api/waiting-room.ts";
import { faceOrigin } from "../../../authority/hosts.ts";
import { type Face, faces } from "../../../protocol/face.ts";
import type { ProgramLog } from "../../../protocol/program-log.ts";
import { hosts, type Name, World } from "../authority/world.ts";

type Members = Record<string, unknown>;

/** `T` is what the test expects the body to be. */
export interface Answer<T = Members> {
  readonly status: number;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly text: string;
  /** Of JSON; an empty object for anything else. */
  readonly body: T;
}

export interface Ask {
  /** Cookie of a sign-in. */
  readonly as?: string;
  readonly body?: unknown;
  /** A form in place of JSON. */
  readonly form?: Record<string, string>;
  /** Added to what our own page sends; null takes one away. */
  readonly headers?: Record<string, string | null>;
}

type End = (end: () => Promise<void>) => void;

/** Both faces of an authority, asked as our own pages ask them. */
export class Faces {
  readonly world: World;
  readonly #apps = new Map<Face, Promise<FastifyInstance>>();
  readonly #options: (face: Face) => FaceOptions;

  private constructor(world: World, options: (face: Face) => FaceOptions) {
    this.world = world;
    this.#options = options;
  }

  static async open(o: { log?: ProgramLog; file?: string; downloads?: string; until?: End } = {}): Promise<Faces> {
    const until: End = o.until ?? ((end) => onTestFinished(end));
    const world = await World.open({ ...o, until });
    const pages = mkdtempSync(join(tmpdir(), "genkan-pages-"));
    mkdirSync(join(pages, "assets"));
    for (const face of faces) writeFileSync(join(pages, `${face}.html`), `<html nonce="__CSP_NONCE__">${face}</html>`);
    writeFileSync(join(pages, "assets", "app.js"), "1;");
    writeFileSync(join(pages, "secret.txt"), "not served");
    const { context, leases, sequencer } = world;
    const scrypt = WaitingRoom.ofPasswords();
    const downloads = await Downloads.open(o.downloads);
    const options = (face: Face): FaceOptions => ({ context, face, leases, sequencer, scrypt, pages, downloads });
    const made = new Faces(world, options);
    until(async () => {
      for (const app of made.#apps.values()) await (await app).close();
      downloads.close();
      rmSync(pages, { recursive: true });
    });
    return made;
  }

  /** Built when it is first asked: its schemas are compiled then, which takes longest of all. */
  app(face: Face): Promise<FastifyInstance> {
    const app = this.#apps.get(face) ?? buildFace(this.#options(face));
    this.#apps.set(face, app);
    return app;
  }

  /** As after a restart: what a process counts for itself begins anew. */
  async reopen(face: Face): Promise<void> {
    await (await this.app(face)).close();
    this.#apps.delete(face);
  }

  endpoints(face: Face) {
    return endpoints(this.#options(face));
  }

  async ask<T = Members>(face: Face, method: "GET" | "POST" | "HEAD", url: string, o: Ask = {}): Promise<Answer<T>> {
    const origin = faceOrigin(hosts, face);
    const headers: Record<string, string> = { host: new URL(origin).host, "sec-fetch-site": "same-origin" };
    if (method === "POST") headers.origin = origin;
    if (o.as !== undefined) headers.cookie = `__Host-genkan=${o.as}`;
    const options: InjectOptions = { method, url, headers };
    if (o.form) {
      headers["content-type"] = "application/x-www-form-urlencoded";
      options.payload = new URLSearchParams(o.form).toString();
    } else if (o.body !== undefined) {
      headers["content-type"] = "application/json";
      options.payload = typeof o.body === "string" ? o.body : JSON.stringify(o.body);
    }
    for (const [name, value] of Object.entries(o.headers ?? {}))
      if (value === null) delete headers[name];
      else headers[name] = value;
    const response = await (await this.app(face)).inject(options);
    const text = response.payload;
    const json = /[/+]json\b/.test(String(response.headers["content-type"]));
    const body = (json && text ? JSON.parse(text) : {}) as T;
    return { status: response.statusCode, headers: response.headers, text, body };
  }

  post<T = Members>(face: Face, url: string, body: unknown = {}, o: Ask = {}): Promise<Answer<T>> {
    return this.ask<T>(face, "POST", url, { ...o, body });
  }

  async token(name: Name, o: Parameters<World["signIn"]>[1] = {}): Promise<string> {
    return (await this.world.signIn(name, o)).token;
  }

  /** Audit records that were kept while this ran. */
  async recorded(work: () => Promise<unknown>) {
    const before = (await this.world.audit()).length;
    await work();
    return (await this.world.audit()).slice(before);
  }
}

/** The token of the cookie that an answer set; null when it set none. */
export function cookieOf({ headers }: Answer<unknown>): string | null {
  const [set] = [headers["set-cookie"] ?? []].flat();
  return typeof set === "string" ? (/^__Host-genkan=([^;]+);/.exec(set)?.[1] ?? null) : null;
}

/** Status and code of an answer: "200", "404 not-found". Under `/oauth` the code is OAuth's. */
export function said({ status, body }: Answer<unknown>): string {
  const { code, error } = body as { code?: string; error?: string };
  return [status, code ?? error].filter((part) => part !== undefined).join(" ");
}

/** One authority for all tests of a group, which must not mind each other. */
export function shareFaces(take: (f: Faces) => void): void {
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => take(await Faces.open({ until: (end) => void ends.push(end) })));
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
}
