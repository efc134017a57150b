import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { onTestFinished } from "vitest";
import { Downloads } from "../../api/downloads.ts";
import { buildFace } from "../../api/server.ts";
import { WaitingRoom } from "../../api/waiting-room.ts";
import { faceOrigin } from "../../authority/hosts.ts";
import type { Problem } from "../../protocol/api/problem.ts";
import type { Face } from "../../protocol/face.ts";
import type { World } from "../component/authority/world.ts";

type End = (end: () => void | Promise<void>) => void;

export interface Call {
  readonly method?: "GET" | "POST";
  readonly body?: object | string;
  readonly cookie?: string | null;
  readonly headers?: Record<string, string | string[]>;
}

/** One face of a world's authority, called as a page of its own host would unless told. */
export class ServedFace {
  readonly app: FastifyInstance;
  readonly origin: string;

  private constructor(app: FastifyInstance, origin: string) {
    this.app = app;
    this.origin = origin;
  }

  static async open(world: World, face: Face, end: End = onTestFinished): Promise<ServedFace> {
    const pages = mkdtempSync(join(tmpdir(), "genkan-pages-"));
    writeFileSync(join(pages, `${face}.html`), "<!doctype html><meta content=__CSP_NONCE__>");
    const { context, leases, sequencer } = world;
    const downloads = await Downloads.open(undefined);
    const app = await buildFace({
      context,
      face,
      leases,
      sequencer,
      scrypt: WaitingRoom.ofPasswords(),
      pages,
      downloads,
    });
    end(async () => {
      await app.close();
      rmSync(pages, { recursive: true });
    });
    return new ServedFace(app, faceOrigin(context.hosts, face));
  }

  call(url: string, o: Call = {}): Promise<LightMyRequestResponse> {
    const { host } = new URL(this.origin);
    return this.app.inject({
      method: o.method ?? (o.body === undefined ? "GET" : "POST"),
      url,
      headers: {
        host,
        origin: this.origin,
        ...(o.cookie ? { cookie: `__Host-genkan=${o.cookie}` } : {}),
        ...(o.body === undefined ? {} : { "content-type": "application/json" }),
        ...o.headers,
      },
      ...(o.body === undefined ? {} : { payload: typeof o.body === "string" ? o.body : JSON.stringify(o.body) }),
    });
  }

  /** Code of the problem, or the status of what was granted. */
  async outcome(url: string, o: Call = {}): Promise<string> {
    const answer = await this.call(url, o);
    return answer.statusCode < 400 ? String(answer.statusCode) : answer.json<Problem>().code;
  }
}
