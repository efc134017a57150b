import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { type Asked, html, proper, type Quirk, script, scripted, text } from "./quirk.ts";

const head = (...lines: string[]) => `${lines.join("\r\n")}\r\n\r\n`;
const field = ({ lines }: Asked, name: string) =>
  lines
    .find((line) => line.toLowerCase().startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim() ?? "";
const plain = (body: string) => proper(body).toString().replace("text/html", "text/plain");

/** Asks three times, one after the other, on whatever connections the browser has. */
const thrice = `const got = [];
for (const n of [1, 2, 3]) got.push(await (await fetch("again?" + n)).text());
show(got.join(" "));`;
/** The same with a change in the middle. */
const changes = `const got = [];
for (const method of ["GET", "POST", "GET"]) got.push(await (await fetch("again", { method, body: method === "POST" ? "a=1" : undefined })).text());
show(got.join(" "));`;

/** Answers once on each connection, and then does this. */
const once = (then: (socket: Socket) => void) => (asked: Asked, socket: Socket) => {
  if (asked.nth > 1) return then(socket);
  socket.write(asked.target === "/" ? proper(script(thrice)) : plain(`${asked.method}.`));
};

/** Connections that close when nobody expects it. */
const connections: Quirk[] = [
  { name: "resets on the second request", shows: "GET. GET. GET.", answer: once((socket) => socket.resetAndDestroy()) },
  { name: "closes on the second request", shows: "GET. GET. GET.", answer: once((socket) => socket.end()) },
  {
    name: "says 408 on the second request",
    shows: "GET. GET. GET.",
    answer: once((socket) =>
      socket.end("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
    ),
  },
  {
    name: "closes behind each answer without a word",
    shows: "GET. GET. GET.",
    answer: (asked, socket) =>
      void socket.end(asked.target === "/" ? proper(script(thrice)) : plain(`${asked.method}.`)),
  },
  {
    name: "resets on the second request, whatever its method",
    shows: "GET. POST. GET.",
    answer: (asked, socket) => {
      if (asked.nth > 1) return void socket.resetAndDestroy();
      socket.write(asked.target === "/" ? proper(script(changes)) : plain(`${asked.method}.`));
    },
  },
  {
    name: "speaks HTTP/1.0 and keeps the connection",
    shows: "GET. GET. GET.",
    answer: (asked, socket) => {
      const body = asked.target === "/" ? proper(script(thrice), "Connection: Keep-Alive") : plain(`${asked.method}.`);
      socket.write(body.toString().replace("HTTP/1.1", "HTTP/1.0"));
    },
  },
  {
    name: "sends more than it announced",
    shows: "GET. GET. GET.",
    answer: (asked, socket) =>
      void socket.write(
        Buffer.concat([
          Buffer.from(asked.target === "/" ? proper(script(thrice)) : plain(`${asked.method}.`)),
          Buffer.from("\r\n\r\n"),
        ]),
      ),
  },
];

const accept = (asked: Asked) =>
  createHash("sha1")
    .update(`${field(asked, "sec-websocket-key")}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
/** One text frame of a server. */
const frame = (said: string) => Buffer.concat([Buffer.from([0x81, said.length]), Buffer.from(said)]);
const socketScript = `const socket = new WebSocket(new URL("socket", location.href.replace("http", "ws")));
socket.onmessage = ({ data }) => show("heard " + data);
socket.onclose = ({ code }) => show("closed " + code);`;
const webSocket = (name: string, shows: string, answer: (asked: Asked) => string) =>
  scripted(name, socketScript, shows, (asked, socket) => {
    socket.write(answer(asked));
    socket.write(frame("hello"));
  });
const switching = (asked: Asked, end: string, ...more: string[]) =>
  [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept(asked)}`,
    ...more,
    "",
    "",
  ].join(end);

const streams: Quirk[] = [
  scripted(
    "an event stream that is silent after its head",
    `const source = new EventSource("events"); source.onopen = () => show("open");`,
    "open",
    (_, socket) =>
      void socket.write(head("HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-cache")),
  ),
  scripted(
    "a long poll whose head comes at once",
    `const answer = await fetch("poll"); show(answer.headers.get("x-pump"));`,
    "7",
    (_, socket) => void socket.write(head("HTTP/1.1 200 OK", "X-Pump: 7", "Transfer-Encoding: chunked")),
  ),
  webSocket("a WebSocket whose head has line feeds alone", "heard hello", (asked) => switching(asked, "\n")),
  webSocket("a WebSocket with small letters", "heard hello", (asked) =>
    switching(asked, "\r\n")
      .replace("Upgrade: websocket", "upgrade: WEBSOCKET")
      .replace("Connection: Upgrade", "connection: upgrade"),
  ),
  webSocket("a WebSocket that does not say to what it switches", "closed 1006", (asked) =>
    switching(asked, "\r\n").replace("Upgrade: websocket\r\n", ""),
  ),
  webSocket("a WebSocket with a wrong key", "closed 1006", (asked) =>
    switching(asked, "\r\n").replace(accept(asked), "AAAA"),
  ),
];

const upload = `const answer = await fetch("up", { method: "POST", body: new Uint8Array(8 << 20) });
show(answer.status + " " + (await answer.text()));`;
const early = (name: string, answer: string, then: (socket: Socket) => void, shows: string) =>
  scripted(name, upload, shows, (_, socket) => void socket.write(answer, () => then(socket)), { early: true });
const soon = (what: (socket: Socket) => void) => (socket: Socket) => void setTimeout(() => what(socket), 300);

/** Answers before the body of the request was read. */
const earlies: Quirk[] = [
  early(
    "413 before the body is read",
    "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig",
    soon((socket) => socket.destroy()),
    "413 big",
  ),
  early(
    "401 before the body is read",
    "HTTP/1.1 401 No\r\nConnection: close\r\nContent-Length: 4\r\n\r\nwho?",
    soon((socket) => socket.destroy()),
    "401 who?",
  ),
  early(
    "403 before the body is read, and a body that is read then",
    "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno",
    (socket) => void socket.resume(),
    "403 no",
  ),
];

/** Says which of these lines of the request it found, in just this case. */
const looksFor = (name: string, ask: string, ...wanted: string[]) =>
  scripted(name, ask, wanted.join(" "), (asked, socket) => {
    const names = asked.lines.map((line) => line.split(":", 1)[0] ?? "");
    socket.write(plain(wanted.filter((one) => names.includes(one)).join(" ")));
  });
const names: Quirk[] = [
  looksFor(
    "looks for Host and Connection",
    `show(await (await fetch("names")).text());`,
    "Host",
    "Connection",
    "User-Agent",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Referer",
  ),
  looksFor(
    "looks for Content-Length and Content-Type",
    `show(await (await fetch("names", { method: "POST", body: "a=1", headers: { "Content-Type": "text/plain" } })).text());`,
    "Host",
    "Content-Length",
    "Content-Type",
    "Origin",
  ),
  looksFor(
    "looks for what its own page sends",
    `show(await (await fetch("names", { headers: { "X-Requested-With": "XMLHttpRequest", "X-CSRF-Token": "1", SOAPAction: "go", "X-PumpSession": "7" } })).text());`,
    "X-Requested-With",
    "X-CSRF-Token",
    "SOAPAction",
    "X-PumpSession",
  ),
  scripted(
    "wants Host first",
    `show(await (await fetch("names")).text());`,
    "Host Connection",
    (asked, socket) =>
      void socket.write(
        plain(
          asked.lines
            .slice(0, 2)
            .map((line) => line.split(":", 1)[0])
            .join(" "),
        ),
      ),
  ),
];

/** The second of the three messages of NTLM ([MS-NLMP], section 2.2.1.2), with nothing in it but a number. */
const challenge = Buffer.concat([
  Buffer.from("NTLMSSP\0\x02\0\0\0\0\0\0\0\x38\0\0\0\x01\x82\x88\0", "latin1"),
  Buffer.from("0123456789abcdef", "hex"),
  Buffer.alloc(8),
  Buffer.from("\x04\0\x04\0\x38\0\0\0", "latin1"),
  Buffer.alloc(12),
]).toString("base64");

/** Sign-in that holds for the connection on which it was made. */
const signedIn = new WeakSet<Socket>();
const signIn: Quirk[] = [
  {
    name: "a sign-in of the connection",
    shows: /^GET\. GET\. GET\.$/,
    answer: (asked, socket) => {
      const brought = Buffer.from(field(asked, "authorization").replace("NTLM ", ""), "base64");
      if (brought[8] === 3) signedIn.add(socket);
      if (signedIn.has(socket)) return void socket.write(asked.target === "/" ? proper(script(thrice)) : plain("GET."));
      const said = brought.length > 0 ? `NTLM ${challenge}` : "NTLM";
      socket.write(`HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ${said}\r\nContent-Length: 0\r\n\r\n`);
    },
  },
];

const leads = (name: string, answer: (asked: Asked) => string): Quirk => ({
  name,
  shows: text,
  answer: (asked, socket) => void socket.write(asked.target === "/" ? answer(asked) : proper(html)),
});
const redirect = (to: string) => head("HTTP/1.1 302 Found", `Location: ${to}`, "Content-Length: 0");
const refresh = (value: string) =>
  head("HTTP/1.1 200 OK", `Refresh: ${value}`, "Content-Type: text/html", "Content-Length: 0").concat("");

/** Answers that name the device's own host. */
const leadingBack: Quirk[] = [
  leads("leads to itself", ({ host, root }) => redirect(`http://${host}${root}/next`)),
  leads("leads to itself without a scheme", ({ host, root }) => redirect(`//${host}${root}/next`)),
  leads("leads to itself with a person", ({ host, root }) => redirect(`http://admin@${host}${root}/next`)),
  leads("leads to itself with a person and a password", ({ host, root }) =>
    redirect(`http://admin:pw@${host}${root}/next`),
  ),
  leads("leads to itself in capitals", ({ host, root }) => redirect(`HTTP://${host}${root}/next`)),
  leads("leads to itself with backslashes", ({ host, root }) => redirect(`http:\\\\${host}${root}/next`)),
  leads("leads to a path", ({ root }) => redirect(`${root}/next`)),
  leads("leads to a relative path", () => redirect("next")),
  leads("leads to a path in another script", ({ root }) => redirect(`${root}/ポンプ`)),
  leads("leads on by Refresh", ({ host, root }) => refresh(`0; url=http://${host}${root}/next`)),
  leads("leads on by Refresh, quoted", ({ host, root }) => refresh(`0;URL='http://${host}${root}/next'`)),
  leads("leads on by Refresh, with a comma", ({ host, root }) => refresh(`0,http://${host}${root}/next`)),
  leads("leads on by Refresh, to a relative path", () => refresh("0; url=next")),
];

/** Sets five cookies that are nearly as long as can be, and says how many bytes of them came back. */
const cookies = Array.from({ length: 5 }, (_, at) => `Set-Cookie: c${at}=${"x".repeat(3_900)}; Path=/`);
const long: Quirk[] = [
  {
    name: "five cookies of nearly four kilobytes",
    shows: /^195\d\d$/,
    answer: (asked, socket) =>
      void socket.write(
        asked.target === "/"
          ? proper(
              script(`show(await (await fetch("count")).text());`),
              ...cookies.map((one) => one.replace("Path=/", `Path=${asked.root}`)),
            )
          : plain(String(field(asked, "cookie").length)),
      ),
  },
  scripted(
    "a URL of sixteen kilobytes",
    `show(await (await fetch("long?" + "x".repeat(16_500))).text());`,
    "16506",
    (asked, socket) => void socket.write(plain(String(asked.target.length))),
  ),
  {
    name: "a head of twenty kilobytes",
    shows: text,
    answer: (_, socket) => void socket.write(proper(html, `X-Pump: ${"7".repeat(20_000)}`)),
  },
  {
    name: "a head of a hundred kilobytes in many fields",
    shows: text,
    answer: (_, socket) =>
      void socket.write(
        proper(html, ...Array.from({ length: 100 }, (_one, at) => `X-Pump-${at}: ${"7".repeat(1_000)}`)),
      ),
  },
];

export const behaviours: readonly Quirk[] = [
  ...connections,
  ...streams,
  ...earlies,
  ...names,
  ...signIn,
  ...leadingBack,
  ...long,
];
