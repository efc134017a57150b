import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 of what lies in an open file, from its beginning, in hexadecimal. The file stays open. */
export async function sha256OfFile(descriptor: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream("", { fd: descriptor, start: 0, autoClose: false })) {
    hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
