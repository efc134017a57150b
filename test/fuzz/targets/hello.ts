import { type Hello, normaliseHost, parseClientHello } from "../../../link/client-hello.ts";
import { parseHttpHost } from "../../../link/http-host.ts";
import { captureHellos } from "../seed/hello.ts";
import { bytes } from "../shape/bytes.ts";
import { lines } from "../shape/parts.ts";
import { mix } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

/** What the first bytes of a connection may be called besides a name. */
const verdicts = ["more", "malformed", "no name"];

/**
 * The verdict on `input`, after these hold: the name is in its one form; what was said of it is still said when more bytes
 * follow; and a beginning says the same or wants more, so that no segmentation changes where a connection goes.
 */
function judgeHello(parse: (bytes: Uint8Array) => Hello, input: Buffer): string {
  const whole = parse(input);
  const said = (hello: Hello) => (typeof hello === "string" ? hello : `name ${hello.name}`);
  if (whole !== "more") {
    hold(said(parse(Buffer.concat([input, Buffer.from("\r\n\x16\x03")]))) === said(whole), "more bytes change it");
    const at = ((input[5] ?? 0) * 257 + (input[9] ?? 0)) % (input.length + 1);
    const beginning = parse(input.subarray(0, at));
    hold(beginning === "more" || said(beginning) === said(whole), `its first ${at} bytes say something else`);
  }
  if (typeof whole === "string") return whole;
  if (whole.name === null) return "no name";
  hold(normaliseHost(whole.name) === whole.name, "the name has another form");
  hold(/^[a-z0-9.-]{1,253}$/.test(whole.name), "the name is no host");
  return accepted;
}

export const clientHello: Target = {
  name: "client-hello",
  parsers: ["link/client-hello.ts"],
  holds: "the name is a host name in its one form; neither more bytes nor any segmentation changes the answer",
  shape: mix([3, bytes], [1, text]),
  words: ["\x16\x03\x01", "\x01\x00", "\x00\x00", "\x00\x00\x00\x05\x00\x03\x00\x00\x00", "xn--", "a.b", ".", "\0"],
  verdicts,
  most: 20_000,
  seeds: captureHellos,
  open: () => ({ execute: (input) => judgeHello(parseClientHello, input) }),
};

export const httpHost: Target = {
  name: "http-host",
  parsers: ["link/http-host.ts", "link/client-hello.ts (normaliseHost)"],
  holds: "as for a ClientHello",
  shape: mix([3, lines("\r\n")], [1, text]),
  words: [
    "Host: ",
    "host:",
    "HOST:other.example",
    "Host : x",
    " Host: x",
    "GET / HTTP/1.1",
    "GET http://x/ HTTP/1.1",
    "HTTP/1.0",
    "\r\n\r\n",
    "Transfer-Encoding: chunked",
    ":80",
    ":65536",
    "[::1]",
    "@",
  ],
  verdicts,
  most: 20_000,
  seeds: () => ({
    chromium: [
      "GET / HTTP/1.1",
      "Host: nurse-call-7f3k.access.localhost:7443",
      "Connection: keep-alive",
      'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"',
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
      "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
      "Accept-Language: ja,en;q=0.9",
      "",
      "",
    ].join("\r\n"),
    curl: "GET /api/me HTTP/1.1\r\nHost: portal.localhost:7443\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n",
    post: "POST /.genkan/enter HTTP/1.1\r\nHost: X.Access.LOCALHOST.\r\nContent-Length: 3\r\n\r\na=b",
    "no-host": "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n",
    begun: "GET /index.html HTT",
  }),
  open: () => ({ execute: (input) => judgeHello(parseHttpHost, input) }),
};
