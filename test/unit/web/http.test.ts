import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { ask } from "../../../web/app/http.ts";

const endings: (() => void)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** What a page says of this answer: the code of its failure, or the value. */
async function said(answer: (response: ServerResponse) => void): Promise<unknown> {
  const server = createServer((_request, response) => answer(response));
  endings.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return ask(`http://127.0.0.1:${port}/`).catch((error: { code: unknown }) => error.code);
}

describe("an answer", () => {
  test("is its value, and none is one too", async () => {
    expect(await said((response) => response.end('{"a":1}'))).toEqual({ a: 1 });
    expect(await said((response) => response.writeHead(204).end())).toBeUndefined();
  });

  test("that breaks off in the middle is the network's fault, not the server's", async () => {
    const broken = (response: ServerResponse) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    };
    expect(await said(broken)).toBe("server-unreachable");
  });

  test("of something between, which is no JSON, is no success", async () => {
    expect(await said((response) => response.end("<title>Sign in to the guest network</title>"))).toBe(
      "server-unreachable",
    );
  });

  test("that refuses without a word is the server's fault", async () => {
    expect(await said((response) => response.writeHead(502).end("<h1>Bad Gateway</h1>"))).toBe("internal");
  });
});
