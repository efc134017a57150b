import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readBody, send } from "../../../cli/http.ts";
import { type Answer, StandIn } from "./stand-in.ts";

let server: StandIn;
beforeEach(async () => {
  server = await new StandIn().listen();
});
afterEach(() => server.close());

/** Begins an answer and then does `next`. */
const half =
  (next: (end: () => void) => void): Answer =>
  (_asked, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"person":');
    next(() => response.destroy());
    return undefined;
  };

async function read(timeoutMs: number): Promise<Buffer> {
  const url = new URL("/half", server.origin);
  return readBody(await send({ method: "GET", url, headers: {}, ca: null, timeoutMs }));
}

describe("an answer", () => {
  it("that breaks off is a server that can't be reached", async () => {
    server.answers["GET /half"] = half((end) => setTimeout(end, 50));
    await expect(read(10_000)).rejects.toMatchObject({ code: "server-unreachable" });
  });

  it("that stands still is one that does not come", async () => {
    server.answers["GET /half"] = half(() => {});
    await expect(read(500)).rejects.toMatchObject({ code: "reply-timeout" });
  });
});
