import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { type Listener, listen } from "../../../link/listen.ts";
import type { IncomingStream } from "../../../link/multiplexer.ts";
import { acceptPinned, connectPinned } from "../../../link/pinned-tls.ts";
import { resetNow } from "../../../link/reset.ts";
import { limits } from "../../../protocol/limits.ts";
import { collect, type End, end, windowEnd } from "./multiplexer-pair.ts";

const open: (Socket | Listener)[] = [];
afterEach(() => {
  for (const each of open.splice(0)) {
    if ("port" in each) each.close();
    else resetNow(each);
  }
});

/** Command line and agent over TLS 1.3 with both keys pinned, on a real socket. */
async function overTls(
  onStream: (stream: IncomingStream) => void,
): Promise<{ client: End; agent: End; agentRaw: Socket }> {
  const agentKey = createProgramKey();
  const clientKey = createProgramKey();
  const accepted = Promise.withResolvers<{ agent: End; agentRaw: Socket }>();
  const serve = async (raw: Socket) => {
    open.push(raw);
    const { tls } = await acceptPinned(raw, {
      raw,
      programKey: agentKey,
      clientKey: "required",
      pin: clientKey.pin,
      timeoutMs: limits.handshakeMs,
    });
    const agent = end(tls, "agent", { onStream });
    await agent.mux.proof();
    agent.mux.ready({ windowEnd });
    accepted.resolve({ agent, agentRaw: raw });
  };
  const listener = await listen({
    host: "127.0.0.1",
    port: 0,
    onSocket: (raw) => void serve(raw).catch(accepted.reject),
  });
  open.push(listener);
  const { tls, raw } = await connectPinned({
    host: "127.0.0.1",
    port: listener.port,
    servername: "random.link.genkan.internal",
    pin: agentKey.pin,
    programKey: clientKey,
    timeoutMs: limits.handshakeMs,
  });
  open.push(raw);
  const client = end(tls, "client");
  await client.mux.prove("a.b.c");
  return { client, ...(await accepted.promise) };
}

const echo = (stream: IncomingStream) => {
  stream.accept();
  stream.pipe(stream);
};

describe("over mutual TLS", () => {
  it("copies 64 MiB each way unchanged while small streams come and go", async () => {
    const { client } = await overTls(echo);
    const bulk = client.mux.open();
    const sent = createHash("sha256");
    const got = createHash("sha256");
    async function* source() {
      for (let turn = 0; turn < 1_024; turn += 1) {
        const bytes = randomBytes(65_536);
        sent.update(bytes);
        yield bytes;
      }
    }
    const copying = Promise.all([
      pipeline(source(), bulk, { end: true }).catch(() => {}),
      pipeline(bulk, async (parts: AsyncIterable<Buffer>) => {
        for await (const part of parts) got.update(part);
      }),
    ]);
    for (let turn = 0; turn < 20; turn += 1) {
      const small = client.mux.open();
      small.end(`hello ${turn}`);
      expect((await collect(small)).toString()).toBe(`hello ${turn}`);
    }
    await copying;
    expect(got.digest("hex")).toBe(sent.digest("hex"));
    expect(client.mux.counts.down).toBeGreaterThan(67_108_864);
  });

  it("ends the client's link and streams when the agent's raw socket is reset", async () => {
    const { client, agentRaw } = await overTls(echo);
    const stream = client.mux.open();
    await once(stream, "connect");
    const failed = once(stream, "error") as Promise<[Error]>;
    resetNow(agentRaw);
    await expect(client.ended).resolves.toMatchObject({ reason: undefined, error: { code: "link-closed" } });
    expect((await failed)[0]).toMatchObject({ code: "link-closed" });
  });

  it("brings the agent's reason when it closes", async () => {
    const { client, agent } = await overTls(echo);
    agent.mux.close("revoked");
    await expect(client.ended).resolves.toMatchObject({ reason: "revoked" });
  });
});
