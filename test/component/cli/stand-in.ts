import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { StateFolder } from "../../../cli/state-folder.ts";
import { Terminal } from "../../../cli/terminal.ts";
import type { Cli } from "../../../cli/verb.ts";
import { verifyDpopProof } from "../../../crypto/dpop.ts";
import { errors, GenkanError } from "../../../protocol/error.ts";
import type { Language } from "../../../text/language.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly type: string | undefined;
  readonly body: string;
  /** The release that it says. */
  readonly release: string | undefined;
  /** Thumbprint of the key that the DPoP proof showed; null without a proof. */
  readonly key: string | null;
}

/** A value is answered as JSON, an error as problem details, a function decides. */
export type Answer = object | GenkanError | ((asked: Asked, response: ServerResponse) => object | undefined);

export const token = "the-access-token";

/**
 * An http server on a real socket that answers by a table and, as the authority does, verifies the DPoP proof of each
 * request that carries one.
 */
export class StandIn {
  readonly asked: Asked[] = [];
  readonly answers: Record<string, Answer> = {};
  /** Its clock, milliseconds ahead of the real one. */
  skewMs = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get origin(): string {
    return `http://portal.localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  asks(path: string): Asked[] {
    return this.asked.filter((asked) => asked.path === path);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const nowMs = Date.now() + this.skewMs;
    response.setHeader("date", new Date(nowMs).toUTCString());
    try {
      const { method = "", url = "" } = request;
      const bearer = /^DPoP (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? null;
      const proof = request.headers["dpop"] as string | undefined;
      const expected = { htm: method, htu: `http://${request.headers.host}${url}`, accessToken: bearer, nowMs };
      const key = proof === undefined ? null : (await verifyDpopProof(proof, expected)).thumbprint;
      const path = url.split("?")[0] ?? "";
      if (path.startsWith("/api/") && bearer !== token) throw new GenkanError("unauthenticated");
      const asked: Asked = {
        method,
        path,
        host: request.headers.host ?? "",
        type: request.headers["content-type"],
        body: Buffer.concat(parts).toString(),
        release: request.headers["genkan-version"] as string | undefined,
        key,
      };
      this.asked.push(asked);
      const answer = this.answers[`${method} ${path}`] ?? new GenkanError("not-found");
      if (answer instanceof GenkanError) throw answer;
      const value =
        typeof answer === "function" ? (answer as (a: Asked, r: ServerResponse) => object)(asked, response) : answer;
      if (value === undefined) return;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(value));
    } catch (error) {
      const { code, detail, reasons } = error as GenkanError;
      response.writeHead(errors[code].status, { "content-type": "application/problem+json" });
      const problem = {
        type: `urn:genkan:error:${code}`,
        title: errors[code].title,
        status: errors[code].status,
        code,
        reasons,
      };
      response.end(JSON.stringify(detail === undefined ? problem : { ...problem, detail }));
    }
  }
}

/** A command line as `bin/genkan.ts` makes it, with what it says kept. */
export function commandLine(options: { json?: boolean; language?: Language; live?: boolean; origin?: string } = {}) {
  const path = mkdtempSync(join(tmpdir(), "genkan-cli-"));
  const out = new PassThrough();
  const err = new PassThrough();
  const said = { out: "", err: "" };
  out.on("data", (part: Buffer) => (said.out += part.toString()));
  err.on("data", (part: Buffer) => (said.err += part.toString()));
  const interruption = new AbortController();
  const pages: string[] = [];
  const cli: Cli = {
    folder: new StateFolder(join(path, "cli")),
    terminal: new Terminal({
      out,
      err,
      live: options.live ?? false,
      columns: () => 200,
      json: options.json ?? false,
      language: options.language ?? "en",
    }),
    now: Date.now,
    zone: "Asia/Tokyo",
    hostName: "bench-7",
    origin: options.origin,
    openPage: (page) => pages.push(page),
    interrupted: interruption.signal,
  };
  return {
    cli,
    path,
    said,
    pages,
    interrupt: () => interruption.abort(),
    /** Objects that `--json` printed. */
    objects: () =>
      said.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    signIn(origin: string, face: "portal" | "staff" = "portal") {
      cli.folder.remember(origin, face, null);
      cli.folder.keepToken(origin, { accessToken: token, expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    },
    remove: () => rmSync(path, { recursive: true }),
  };
}
