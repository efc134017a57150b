import { request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { faceOrigin } from "../../../authority/hosts.ts";
import { faces } from "../../../protocol/face.ts";
import { hosts } from "../authority/world.ts";
import { Faces } from "./world.ts";

describe.each(faces)("the %s's answer to a request with more cookies than it can read", (face) => {
  test.each(["/", "/api/me", "/any/where"])("is a page that says so and has them dropped: %s", async (path) => {
    const f = await Faces.open();
    const app = await f.app(face);
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const ask = (cookie: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const headers = { host: new URL(faceOrigin(hosts, face)).host, cookie };
        httpRequest({ host: "127.0.0.1", port, path, headers }, resolve).on("error", reject).end();
      });
    const large = await ask(Array.from({ length: 12 }, (_, n) => `c${n}=${"x".repeat(1_800)}`).join("; "));
    expect(large.statusCode).toBe(431);
    expect(large.headers["clear-site-data"]).toBe('"cookies"');
    expect(large.headers["cache-control"]).toBe("no-store");
    expect(await text(large)).toMatch(/Cookie が大きすぎて[^]*cookies were too large/);
    expect((await ask("c=x")).statusCode).not.toBe(431);
  });
});
