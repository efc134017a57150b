import { createHash } from "node:crypto";
import type { Socket } from "node:net";

/** The other process of `peek-handover.test.ts`: takes connections with their heads, and answers each with its body's hash. */
process.on("message", (message: { head: string }, socket: Socket) => {
  const head = Buffer.from(message.head, "base64");
  const hash = createHash("sha256").update(head.subarray(head.indexOf("\r\n\r\n") + 4));
  socket.on("data", (chunk: Buffer) => hash.update(chunk));
  socket.on("end", () => socket.end(hash.digest("hex")));
});
