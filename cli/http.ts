import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { trustedRoots } from "../link/trusted-roots.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { UsageError } from "./usage-error.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates trusted besides those of the system, PEM. */
  readonly ca: string | null;
  /** Instead of `limits.apiReplyMs`. */
  readonly timeoutMs?: number;
}

/**
 * One HTTP request; the answer's body is not read yet. Redirects are not followed. Throws `server-unreachable`, or
 * `reply-timeout` when `limits.apiReplyMs` pass without a byte, also while the body is read.
 */
export function send(request: HttpRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { url, method, body } = request;
    const local = url.hostname.endsWith(".localhost");
    const options = {
      method,
      headers: { ...request.headers, ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }) },
      timeout: request.timeoutMs ?? limits.apiReplyMs,
      agent: false as const,
      ...(local ? { lookup: loopback } : {}),
    };
    let answer: IncomingMessage | undefined;
    const take = (begun: IncomingMessage) => {
      answer = begun;
      resolve(begun);
    };
    const call =
      url.protocol === "https:"
        ? httpsRequest(url, { ...options, ca: trustedRoots(request.ca) }, take)
        : httpRequest(url, options, take);
    // Once the answer has begun, its reader gets the error from the body's stream.
    call.on("timeout", () => (answer ?? call).destroy(new GenkanError("reply-timeout")));
    call.on("error", (cause: NodeJS.ErrnoException) => {
      if (cause instanceof GenkanError) return reject(cause);
      reject(new GenkanError("server-unreachable", `${url.origin}: ${cause.code ?? cause.message}.`, { cause }));
    });
    call.end(body);
  });
}

/** RFC 6761, section 6.3: names under `localhost` are this computer, whatever a resolver says of them. */
const loopback: LookupFunction = (_name, options, callback) => {
  if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

/**
 * The whole body. Throws `body-too-large` beyond `limits.apiReplyBytes`, `server-unreachable` when it breaks off, and
 * `reply-timeout` as `send` does.
 */
export async function readBody(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > limits.apiReplyBytes) {
        answer.destroy();
        throw new GenkanError("body-too-large", "The server's answer is too long.");
      }
      parts.push(part);
    }
  } catch (cause) {
    if (cause instanceof GenkanError) throw cause;
    throw new GenkanError("server-unreachable", "Its answer broke off.", { cause });
  }
  return Buffer.concat(parts);
}

/**
 * The origin of a server as somebody typed it. Plain http only to this computer: anywhere else the access token and
 * the codes would be readable on the way.
 */
export function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const here = url !== null && (/(^|\.)localhost$/.test(url.hostname) || url.hostname === "127.0.0.1");
  const secure = url?.protocol === "https:" || (url?.protocol === "http:" && here);
  if (!url || !secure || url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw new UsageError("origin-invalid", { origin: text });
  }
  return url.origin;
}
