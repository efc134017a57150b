import { connect, type TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { pinOf } from "../../../crypto/thumbprint.ts";
import { peek } from "../../../link/peek.ts";
import { acceptPinned, connectPinned, type PinnedSocket } from "../../../link/pinned-tls.ts";
import type { Pin } from "../../../protocol/brand.ts";
import { asPin } from "../../brand.ts";
import { patienceMs } from "../../patience.ts";
import { drain, serve, tcpPair, until } from "./sockets.ts";

type Accept = Omit<Parameters<typeof acceptPinned>[1], "raw" | "timeoutMs">;

/** Both ends of a handshake, or what each of them says about it. */
async function handshake(accept: Accept, dial: { pin: Pin; programKey?: ProgramKey }) {
  const accepted = Promise.withResolvers<PinnedSocket>();
  const port = await serve((raw) => {
    acceptPinned(raw, { raw, timeoutMs: patienceMs, ...accept }).then(accepted.resolve, accepted.reject);
  });
  const dialled = connectPinned({ host: "127.0.0.1", port, servername: "a.internal", timeoutMs: patienceMs, ...dial });
  return Promise.allSettled([dialled, accepted.promise]);
}

describe("pinned TLS", () => {
  const [server, client, other] = [createProgramKey(), createProgramKey(), createProgramKey()];

  test("joins two that know each other's keys, in TLS 1.3 with a hybrid key exchange", async () => {
    const [near, far] = await handshake(
      { programKey: server, clientKey: "required", pin: client.pin },
      { pin: server.pin, programKey: client },
    );
    if (near.status === "rejected" || far.status === "rejected") throw new Error("refused");
    expect(near.value.peerKey).toBe(server.pin);
    expect(far.value.peerKey).toBe(client.pin);
    expect(far.value.peerPublicKey && pinOf(far.value.peerPublicKey)).toBe(client.pin);
    expect(near.value.tls.getProtocol()).toBe("TLSv1.3");
    near.value.tls.write("hello");
    const [text] = await new Promise<[Buffer]>((resolve) => far.value.tls.once("data", (data) => resolve([data])));
    expect(text.toString()).toBe("hello");
  });

  test("tells the key of a client that was asked, and null for one without", async () => {
    const [, shown] = await handshake(
      { programKey: server, clientKey: "asked" },
      { pin: server.pin, programKey: client },
    );
    expect(shown).toMatchObject({ value: { peerKey: client.pin } });
    const [, none] = await handshake({ programKey: server, clientKey: "asked" }, { pin: server.pin });
    expect(none).toMatchObject({ value: { peerKey: null } });
    const [, unasked] = await handshake(
      { programKey: server, clientKey: "none" },
      { pin: server.pin, programKey: client },
    );
    expect(unasked).toMatchObject({ value: { peerKey: null } });
  });

  test("refuses a server with another key, before a byte of ours is sent", async () => {
    const [near] = await handshake({ programKey: other, clientKey: "none" }, { pin: server.pin });
    expect(near).toMatchObject({ reason: { code: "peer-key-mismatch" } });
  });

  test.each([
    ["another key", other],
    ["no key", undefined],
  ])("refuses a client with %s", async (_what, programKey) => {
    const [near, far] = await handshake(
      { programKey: server, clientKey: "required", pin: client.pin },
      { pin: server.pin, ...(programKey ? { programKey } : {}) },
    );
    expect(far).toMatchObject({ reason: { code: "peer-key-mismatch" } });
    // In TLS 1.3 the client believes itself connected until the reset arrives.
    if (near.status === "fulfilled") expect((await drain(near.value.tls)).reset).toBe(true);
  });

  test("refuses a client that proves no key although one is required and any would do", async () => {
    const [, far] = await handshake({ programKey: server, clientKey: "required" }, { pin: server.pin });
    expect(far).toMatchObject({ reason: { code: "peer-key-mismatch" } });
  });

  test("speaks nothing older than TLS 1.3, in either role", async () => {
    const { client: raw, server: accepted } = await tcpPair();
    const old = connect({ socket: raw, maxVersion: "TLSv1.2", rejectUnauthorized: false });
    old.on("error", () => {});
    const refused = acceptPinned(accepted, {
      raw: accepted,
      programKey: server,
      clientKey: "none",
      timeoutMs: patienceMs,
    });
    await expect(refused).rejects.toMatchObject({ code: "link-closed" });
  });

  test("never resumes: each connection proves its keys anew", async () => {
    const port = await serve((raw) => {
      void acceptPinned(raw, { raw, programKey: server, clientKey: "required", timeoutMs: patienceMs }).then(
        ({ tls }) => {
          tls.write("x");
        },
      );
    });
    const join = (session?: Buffer) => {
      const tls = connect({
        port,
        host: "127.0.0.1",
        rejectUnauthorized: false,
        key: client.privateKey.export({ type: "pkcs8", format: "pem" }),
        cert: client.certificate,
        ...(session ? { session } : {}),
      });
      return new Promise<{ tls: TLSSocket; session: Buffer | undefined }>((resolve, reject) => {
        let held: Buffer | undefined;
        tls.on("session", (bytes) => (held = bytes));
        tls.on("error", reject);
        // A ticket would come before the first byte.
        tls.once("data", () => resolve({ tls, session: held }));
      });
    };
    const first = await join();
    first.tls.destroy();
    const second = await join(first.session);
    expect(second.tls.isSessionReused()).toBe(false);
    second.tls.destroy();
  });

  test("gives up on a peer that does not finish, either way", async () => {
    const port = await serve(() => {});
    const dialled = connectPinned({ host: "127.0.0.1", port, servername: "a", pin: server.pin, timeoutMs: 50 });
    await expect(dialled).rejects.toMatchObject({ code: "link-closed" });
    const pair = await tcpPair();
    const accepted = acceptPinned(pair.server, {
      raw: pair.server,
      programKey: server,
      clientKey: "none",
      timeoutMs: 50,
    });
    await expect(accepted).rejects.toMatchObject({ code: "link-closed" });
    expect(pair.server.destroyed).toBe(true);
  });

  test("gives up on a port where nobody listens, and when told to", async () => {
    const port = await serve(() => {});
    const aborted = connectPinned({
      host: "127.0.0.1",
      port,
      servername: "a",
      pin: server.pin,
      timeoutMs: 5_000,
      signal: AbortSignal.timeout(30),
    });
    await expect(aborted).rejects.toMatchObject({ code: "link-closed" });
    const nobody = connectPinned({
      host: "127.0.0.1",
      port: 1,
      servername: "a",
      pin: asPin("x"),
      timeoutMs: patienceMs,
    });
    await expect(nobody).rejects.toMatchObject({ code: "link-closed" });
  });

  test("takes the bytes that a peek has read", async () => {
    const accepted = Promise.withResolvers<PinnedSocket>();
    const port = await serve(
      (raw) => {
        const accept = async () => {
          const { head } = await peek(raw, { http: false });
          raw.unshift(head);
          return acceptPinned(raw, { raw, programKey: server, clientKey: "none", timeoutMs: patienceMs });
        };
        accept().then(accepted.resolve, accepted.reject);
      },
      { pauseOnConnect: true },
    );
    const dialled = connectPinned({
      host: "127.0.0.1",
      port,
      servername: "a.b",
      pin: server.pin,
      timeoutMs: patienceMs,
    });
    const [near, far] = await Promise.all([dialled, accepted.promise]);
    const body = Buffer.alloc(2_000_000, 5);
    const arrived = drain(far.tls);
    near.tls.end(body);
    expect((await arrived).bytes.equals(body)).toBe(true);
  });

  test("runs inside TLS, from bytes that wait in the outer one's buffer", async () => {
    const [outerNear, outerFar] = await handshake({ programKey: server, clientKey: "none" }, { pin: server.pin });
    if (outerNear.status === "rejected" || outerFar.status === "rejected") throw new Error("refused");
    const [near, far] = [outerNear.value, outerFar.value];
    // The first flight arrives and is seen before anybody decides to speak TLS to it.
    const seen = new Promise<void>((resolve) => far.tls.once("readable", resolve));
    const inner = connect({ socket: near.tls, servername: "inner", rejectUnauthorized: false });
    inner.on("error", () => {});
    await seen;
    await until(() => far.tls.readableLength > 0);
    const accepted = await acceptPinned(far.tls, {
      raw: far.raw,
      programKey: other,
      clientKey: "none",
      timeoutMs: patienceMs,
    });
    const body = Buffer.alloc(2_000_000, 6);
    const arrived = drain(accepted.tls);
    inner.end(body);
    expect((await arrived).bytes.equals(body)).toBe(true);
    expect(accepted.raw).toBe(far.raw);
  });
});
