import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { randomBytes } from "../../../crypto/random.ts";
import { peek } from "../../../link/peek.ts";
import { dial, drain, serve } from "../../unit/link/sockets.ts";

test("50 large POSTs at once, handed to another process after the peek, arrive there whole", async () => {
  const child = fork(join(import.meta.dirname, "handover-child.ts"));
  onTestFinished(() => void child.kill());
  const port = await serve(
    (socket) => {
      void peek(socket, { http: true }).then(({ head }) => child.send({ head: head.toString("base64") }, socket));
    },
    { pauseOnConnect: true },
  );
  const posts = Array.from({ length: 50 }, async (_, turn) => {
    const body = Buffer.from(randomBytes(2_000_000 + turn * 31_337));
    const client = await dial(port);
    const answer = drain(client);
    client.write("POST / HTTP/1.1\r\nHost: a.localhost\r\n\r\n");
    client.end(body);
    expect((await answer).bytes.toString()).toBe(createHash("sha256").update(body).digest("hex"));
  });
  await Promise.all(posts);
});
