import type { Socket } from "node:net";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { version, versionHeader } from "../protocol/version.ts";

/**
 * The one HTTP/1.1 request inside the gateway's own TLS. Only our own programs speak here, and HTTP proxies on the way
 * see TLS, so this is stricter than RFC 9112: exactly these fields are read, nothing is folded, no body exists.
 */
export interface UpgradeRequest {
  readonly path: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

const requestLine = /^GET (\/[a-z]{1,32}) HTTP\/1\.1$/;
const headerLine = /^([A-Za-z-]{1,64}): ([\x20-\x7e]{0,512})$/;

/** Parses a head without its closing empty line. Throws `hello-malformed`. */
export function parseUpgradeRequest(head: string): UpgradeRequest {
  const [first = "", ...lines] = head.split("\r\n");
  const path = requestLine.exec(first)?.[1];
  if (path === undefined) throw new GenkanError("hello-malformed");
  return { path, headers: parseHeaders(lines) };
}

/** Parses an answer's head: its status and headers. Throws `hello-malformed`. */
export function parseUpgradeAnswer(head: string): { status: number; headers: ReadonlyMap<string, string> } {
  const [first = "", ...lines] = head.split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1];
  if (status === undefined) throw new GenkanError("hello-malformed");
  return { status: Number(status), headers: parseHeaders(lines) };
}

function parseHeaders(lines: string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const match = headerLine.exec(line);
    const name = match?.[1]?.toLowerCase();
    if (name === undefined || headers.has(name)) throw new GenkanError("hello-malformed");
    headers.set(name, match?.[2] ?? "");
  }
  return headers;
}

export function formatUpgradeRequest(path: string, upgrade: string, headers: Record<string, string> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\nHost: genkan\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n${lines.join("")}\r\n`;
}

export const switchingProtocols = (upgrade: string) =>
  `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${upgrade}\r\n${versionHeader}: ${version}\r\n\r\n`;

/** The same answer whatever was wrong, so that it tells nothing. */
export const notFound = "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/**
 * Reads up to the first empty line; bytes behind it stay in the stream. Throws `hello-malformed` beyond
 * {@link limits.upgradeHeadBytes}, `link-closed` when the stream ends or `timeoutMs` pass first.
 */
export function readHead(stream: Socket, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const settle = (error?: GenkanError) => {
      clearTimeout(timer);
      stream.removeListener("readable", read).removeListener("end", ended).removeListener("close", ended);
      return error && reject(error);
    };
    const read = () => {
      for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
        held = Buffer.concat([held, chunk]);
        const end = held.indexOf("\r\n\r\n");
        if (end >= 0 && end <= limits.upgradeHeadBytes) {
          settle();
          if (held.length > end + 4) stream.unshift(held.subarray(end + 4));
          return resolve(held.toString("latin1", 0, end));
        }
        if (held.length > limits.upgradeHeadBytes) return settle(new GenkanError("hello-malformed"));
      }
    };
    const ended = () => settle(new GenkanError("link-closed"));
    const timer = setTimeout(ended, timeoutMs);
    stream.on("readable", read).once("end", ended).once("close", ended);
  });
}
