import type { IncomingMessage, ServerResponse } from "node:http";
import type { Dispatcher, Pool } from "undici";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Tap } from "./channel.ts";
import { type Ends, requestHeaders, responseHeaders } from "./http-header.ts";
import { type Page, pages } from "./http-page.ts";
import { reasonPhrase } from "./http-status.ts";

export interface ForwardOptions {
  readonly pool: Pool;
  readonly ends: Ends;
  readonly tap: Tap;
  page(res: ServerResponse, page: Page): void;
}

/**
 * Sends one request to the device and its answer back, streaming both ways: whoever reads slowly stops the other. One
 * record entry is written when the exchange is over, also when it broke off (status 0 before the device answered).
 */
export function forward(req: IncomingMessage, res: ServerResponse, o: ForwardOptions): Promise<void> {
  const begun = Date.now();
  const recorded = o.tap.row();
  const total = { up: 0, down: 0 };
  const count = (direction: "up" | "down", bytes: number) => {
    total[direction] += bytes;
    o.tap.count(direction, bytes);
  };
  let status = 0;
  let controller: Dispatcher.DispatchController | undefined;
  return new Promise((resolve) => {
    let over = false;
    const finish = () => {
      if (over) return;
      over = true;
      recorded({
        kind: "http",
        at: new Date(begun).toISOString(),
        method: req.method ?? "",
        path: (req.url ?? "").slice(0, limits.recordPathCharacters),
        status,
        ...total,
        ms: Math.max(0, Date.now() - begun),
        upgrade: null,
      });
      resolve();
    };
    res.once("close", () => {
      if (!res.writableFinished) controller?.abort(new GenkanError("link-closed"));
      finish();
    });
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        if (res.destroyed) started.abort(new GenkanError("link-closed"));
      },
      onResponseStart(started, code, _headers, message) {
        // Interim answers (RFC 9110, section 15.2) are between the device and this agent.
        if (code < 200) return;
        controller = started;
        status = code;
        const headers = responseHeaders(textOf(started.rawHeaders), o.ends);
        try {
          res.writeHead(code, reasonPhrase(code, message), headers);
        } catch (cause) {
          // A status or header that node refuses to send on. The browser gets the page where the end is told, below.
          return started.abort(new GenkanError("device-unreachable", undefined, { cause }));
        }
        res.on("drain", () => started.resume());
      },
      onResponseData(started, chunk) {
        count("down", chunk.length);
        if (!res.write(chunk)) started.pause();
      },
      onResponseEnd() {
        res.end();
      },
      onResponseError(_, error) {
        if (res.headersSent || res.destroyed) return void res.destroy();
        const unlisted = error instanceof GenkanError && error.code === "target-not-listed";
        o.page(res, unlisted ? pages["target-not-listed"] : pages["device-unreachable"]);
      },
    };
    o.pool.dispatch(
      {
        method: req.method ?? "GET",
        path: req.url ?? "/",
        headers: requestHeaders(req.rawHeaders, o.ends),
        body: hasBody(req) ? (counted(req, (bytes) => count("up", bytes)) as never) : null,
      },
      handler,
    );
  });
}

/** RFC 9112, section 6.3: a request has a body when it says so. */
function hasBody(req: IncomingMessage): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

async function* counted(req: IncomingMessage, passed: (bytes: number) => void): AsyncGenerator<Buffer> {
  // A device may answer before it has read everything; the request must then stay, for its answer goes the same way.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    passed(chunk.length);
    yield chunk;
  }
}

/** Raw headers as undici's parser gives them: name, value, name, value, … in bytes. */
function textOf(raw: Dispatcher.DispatchController["rawHeaders"]): string[] {
  return Array.isArray(raw) ? raw.map((part) => (typeof part === "string" ? part : part.toString("latin1"))) : [];
}
