import type { IncomingMessage } from "node:http";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

/** Fields of the form that the portal's page posts to `/.genkan/enter` (docs/protocol.md, "A session"). */
export interface EnterForm {
  readonly session: string;
  readonly proof: string;
}

/**
 * Reads the form: `session` and `proof`, each once and nothing else. Throws `media-type-refused`, `body-too-large` beyond
 * {@link limits.enterFormBytes}, `reply-timeout` after {@link limits.httpHeadMs}, `bad-request`.
 */
export async function readEnterForm(req: IncomingMessage): Promise<EnterForm> {
  if (req.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() !== "application/x-www-form-urlencoded") {
    throw new GenkanError("media-type-refused");
  }
  const form = new URLSearchParams((await readBody(req)).toString("utf8"));
  const session = form.get("session");
  const proof = form.get("proof");
  if (!session || !proof || [...form.keys()].length !== 2) throw new GenkanError("bad-request");
  return { session, proof };
}

function readBody(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = (error: GenkanError) => {
      clearTimeout(timer);
      req.removeAllListeners("data").pause();
      reject(error);
    };
    const timer = setTimeout(() => refuse(new GenkanError("reply-timeout")), limits.httpHeadMs);
    req.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > limits.enterFormBytes) return refuse(new GenkanError("body-too-large"));
      chunks.push(chunk);
    });
    req.once("end", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    req.once("close", () => refuse(new GenkanError("bad-request")));
  });
}
