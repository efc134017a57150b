import { once } from "node:events";
import { connect } from "node:tls";
import { expect, test } from "vitest";
import { createIdentity } from "../../../crypto/identity.ts";
import { cut } from "../../../link/cut.ts";
import { acceptPinned, connectPinned, type PinnedSocket } from "../../../link/pinned-tls.ts";
import { serve } from "../../unit/link/sockets.ts";

const [gateway, inside] = [createIdentity(), createIdentity()];

/** A leg as it is dialled from the inside, and TLS that a client began on it. */
async function legWithClient(): Promise<{ outer: PinnedSocket; inner: PinnedSocket }> {
  const port = await serve((raw) => {
    void acceptPinned(raw, { raw, identity: gateway, clientKey: "none", timeoutMs: 1_000 }).then(({ tls }) =>
      connect({ socket: tls, rejectUnauthorized: false, servername: "a.internal" }).on("error", () => {}),
    );
  });
  const o = { host: "127.0.0.1", port, servername: "gateway.internal", pin: gateway.thumbprint, timeoutMs: 1_000 };
  const outer = await connectPinned(o);
  const of = { raw: outer.raw, identity: inside, clientKey: "none", timeoutMs: 1_000 } as const;
  return { outer, inner: await acceptPinned(outer.tls, of) };
}

test("TLS inside TLS is closed, and says so, when the connection at the bottom is reset", async () => {
  const { outer, inner } = await legWithClient();
  inner.tls.resume();
  const closed = once(inner.tls, "close", { signal: AbortSignal.timeout(2_000) });
  cut(outer.raw);
  await closed;
  expect([inner.tls.destroyed, outer.tls.destroyed]).toEqual([true, true]);
});
