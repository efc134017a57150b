import { Writable } from "node:stream";
import { StartError } from "../../../bin/start/message.ts";
import { parseProgress } from "../../../bin/start/progress.ts";
import { failureOf } from "../../../cli/api.ts";
import { Terminal } from "../../../cli/terminal.ts";
import { Secret } from "../../../crypto/secret.ts";
import { limits } from "../../../protocol/limits.ts";
import { topics } from "../../../protocol/topic.ts";
import { parseHint } from "../../../store/redis-bus.ts";
import { parseServerUrl } from "../../../store/server-address.ts";
import { fromBase64Url, toBase64Url } from "../../../web/app/bytes.ts";
import { tidyUserCode } from "../../../web/app/user-code.ts";
import { asWindow } from "../../../web/portal/typed-window.ts";
import { jsonBytes, now, token } from "../fixture.ts";
import { json } from "../shape/json.ts";
import { mix, under } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

export const serverUrl: Target = {
  name: "server-url",
  parsers: ["store/server-address.ts"],
  holds: "a network is crossed with verified TLS only; a refusal does not repeat the URL",
  shape: text,
  words: [
    "postgres://",
    "@",
    ":",
    "%2F",
    "%00",
    "?ca=",
    "?sslmode=disable",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "/genkan",
    "%zz",
  ],
  verdicts: ["bad-request"],
  most: 1_024,
  seeds: () => ({
    socket: "postgres://genkan@%2Frun%2Fpostgresql/genkan",
    loopback: "postgres://genkan:hunter2@127.0.0.1:5432/genkan",
    network: "postgres://genkan:hunter2@db.example.org/genkan",
    six: "postgres://genkan@[::1]:5432/genkan",
  }),
  open: () => ({
    execute: (input) => {
      const given = input.toString("utf8");
      const read = parseServerUrl(new Secret(given), "postgres");
      const here = /^(\/.*|localhost|::1|127(\.\d{1,3}){3})$/s.test(read.host);
      hold(read.host !== "" && (here || read.tls !== null), "in the clear");
      hold(read.port === null || (read.port >= 0 && read.port <= 65_535), "no port");
      hold(JSON.stringify(read.password) === '"[secret]"', "the password is told");
      return accepted;
    },
  }),
};

const everyTopic: readonly string[] = topics;

export const busHint: Target = {
  name: "bus-hint",
  parsers: ["store/redis-bus.ts (parseHint)"],
  holds: "it names topics that there are, and is short",
  shape: mix([3, json], [1, text]),
  words: everyTopic,
  verdicts: ["no hint"],
  most: 4_096,
  seeds: () => ({ one: jsonBytes({ from: token("bus").slice(0, 12), topics: ["requests", "audit"] }) }),
  open: () => ({
    execute: (input) => {
      const hint = parseHint(input.toString("utf8"));
      if (!hint) return "no hint";
      hold(
        hint.topics.every((topic) => everyTopic.includes(topic)),
        "a topic that there is not",
      );
      hold(input.length <= 4 * limits.busMessageBytes, "it is long");
      return accepted;
    },
  }),
};

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

/** First line: the status; then the body of an answer that is no success. */
export const cliAnswer: Target = {
  name: "cli-answer",
  parsers: ["cli/api.ts (failureOf)", "cli/terminal.ts", "protocol/api/problem.ts"],
  holds: "it becomes an error with a code of the table; what a person is shown moves no cursor",
  shape: under(1, mix([3, json], [1, text])),
  words: ["urn:genkan:error:denied", "slow_down", "\u001b]0;x\u0007", "\u202e", "constructor", "__proto__"],
  verdicts: [],
  most: 16_384,
  seeds: () => ({
    problem: `403\n${JSON.stringify({ type: "urn:genkan:error:denied", title: "x", status: 403, code: "denied", reasons: ["window-past", "x"] })}`,
    oauth: `400\n${JSON.stringify({ error: "slow_down", error_description: "ゆっくり" })}`,
    html: "502\n<html><body>Bad Gateway</body></html>",
    nothing: "500\n",
  }),
  open: () => {
    const written: string[] = [];
    const sink = new Writable({
      decodeStrings: false,
      write: (line: string, _encoding, done) => {
        written.push(line);
        done();
      },
    }) as unknown as NodeJS.WriteStream;
    const options = { out: sink, err: sink, live: false, columns: () => 80, json: false };
    const terminals = (["en", "ja"] as const).map((language) => new Terminal({ ...options, language }));
    return {
      execute: (input) => {
        const end = Math.max(0, input.indexOf(10));
        const failure = failureOf(Number(input.toString("latin1", 0, end)), input.subarray(end + 1));
        for (const terminal of terminals) {
          written.length = 0;
          terminal.fail(failure);
          hold(!control.test(written.join("").replace(/\n$/, "")), "a control character on the terminal");
        }
        return accepted;
      },
    };
  },
};

const progress = {
  ports: { public: 7_443, staff: 7_444, nurseCall: 40_001, vitalMonitor: 40_002, infusionPump: 40_003 },
  gateway: `SHA256:${token("gateway")}`,
  gatewayAdded: true,
  agentJoined: true,
};

export const startFile: Target = {
  name: "start-file",
  parsers: ["bin/start/progress.ts"],
  holds: "every port is one",
  shape: mix([4, json], [1, text]),
  words: ["ports", "65536", "-1"],
  verdicts: ["damaged"],
  most: 4_096,
  seeds: () => ({ first: jsonBytes({ ports: progress.ports }), whole: `${JSON.stringify(progress, null, 2)}\n` }),
  open: () => ({
    execute: (input) => {
      try {
        const { ports } = parseProgress(input.toString("utf8"));
        for (const name of Object.keys(progress.ports)) {
          const port = ports[name as keyof typeof ports];
          hold(Number.isInteger(port) && port > 0 && port < 65_536, `${name} has no port`);
        }
        return accepted;
      } catch (error) {
        if (error instanceof StartError) return "damaged";
        throw error;
      }
    },
  }),
};

/** First line: `window`, `code` or `bytes`: what somebody typed into a page, or what a server gave it. */
export const pageInput: Target = {
  name: "page-input",
  parsers: ["web/portal/typed-window.ts", "web/app/time.ts", "web/app/user-code.ts", "web/app/bytes.ts"],
  holds: "a window is two instants of the wire; a code is upper case with one dash; bytes are those of the text",
  shape: under(1, text),
  words: ["T", ":", "-", "2026-02-30T10:00", "275760-09-13T00:00", "0000-00-00T00:00", "９", "ß", "İ"],
  verdicts: ["no window", "no bytes"],
  most: 512,
  seeds: () => ({
    window: "window\n2026-03-01T18:00 2026-03-01T19:00",
    past: "window\n2020-01-01T00:00 2026-03-01T19:00:30",
    code: "code\nabcd-efgh",
    "code-without-dash": "code\n abcd efgh ",
    bytes: `bytes\n${token("bytes")}`,
  }),
  open: () => ({
    execute: (input) => {
      const [kind, ...rest] = input.toString("utf8").split("\n");
      const typed = rest.join("\n");
      if (kind === "code") {
        const code = tidyUserCode(typed);
        hold(tidyUserCode(code) === code && /^[A-Z0-9]*$|^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(code), "another code");
        return accepted;
      }
      if (kind === "bytes") return bytesOf(typed);
      const [start = "", end = ""] = typed.split(" ");
      const window = asWindow({ start, end }, now.getTime());
      if (!window) return "no window";
      for (const at of [window.start, window.end]) hold(new Date(at).toISOString() === at, "no instant");
      return accepted;
    },
  }),
};

function bytesOf(typed: string): string {
  let read: Uint8Array;
  try {
    read = fromBase64Url(typed);
  } catch {
    // A TypeError, or the DOMException of `atob`: the page says that it can't read it.
    return "no bytes";
  }
  hold(Buffer.from(read).equals(Buffer.from(toBase64Url(read), "base64url")), "other bytes");
  return accepted;
}
