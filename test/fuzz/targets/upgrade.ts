import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import {
  formatUpgradeRequest,
  notFound,
  parseUpgradeAnswer,
  parseUpgradeRequest,
  readHead,
  switchingProtocols,
} from "../../../link/upgrade.ts";
import { limits } from "../../../protocol/limits.ts";
import { token } from "../fixture.ts";
import { lines } from "../shape/parts.ts";
import { mix } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const heads = {
  leg: formatUpgradeRequest("/leg", "genkan", { "Genkan-Token": token("leg") }),
  control: formatUpgradeRequest("/control", "genkan-control"),
  answer: switchingProtocols("genkan"),
  "not-found": notFound,
};

const words = [
  "GET /leg HTTP/1.1",
  "Upgrade: genkan",
  "upgrade: genkan-control",
  "Genkan-Token: x",
  "HTTP/1.1 101 ",
  "HTTP/1.1 999 \x7f",
  "Connection: Upgrade",
  " folded",
  "\r\n",
];

/** The head of a request or an answer, without its empty line. */
export const upgrade: Target = {
  name: "upgrade",
  parsers: ["link/upgrade.ts (parseUpgradeRequest, parseUpgradeAnswer)"],
  holds: "written again from what was read, it reads the same; no value holds a control character",
  shape: mix([3, lines("\r\n")], [1, text]),
  words,
  verdicts: ["hello-malformed"],
  most: 4_096,
  seeds: () => Object.fromEntries(Object.entries(heads).map(([name, head]) => [name, head.slice(0, -4)])),
  open: () => ({
    execute: (input) => {
      const head = input.toString("latin1");
      const request = head.startsWith("GET");
      const read = request ? parseUpgradeRequest(head) : parseUpgradeAnswer(head);
      const fields = [...read.headers].map(([name, value]) => `\r\n${name}: ${value}`).join("");
      const first = "path" in read ? `GET ${read.path} HTTP/1.1` : `HTTP/1.1 ${String(read.status).padStart(3, "0")} X`;
      const again = request ? parseUpgradeRequest(first + fields) : parseUpgradeAnswer(first + fields);
      hold(JSON.stringify([...again.headers]) === JSON.stringify([...read.headers]), "another reading of its headers");
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      for (const value of read.headers.values()) hold(!/[\x00-\x1f\x7f-\xff]/.test(value), "a control character");
      return accepted;
    },
  }),
};

/** The same from a stream: where the head ends, and that nothing behind it is lost. */
export const upgradeStream: Target = {
  name: "upgrade-stream",
  parsers: ["link/upgrade.ts (readHead)"],
  holds: "head, empty line and what stays in the stream are together the very bytes that came",
  shape: mix([2, lines("\r\n")], [1, text]),
  words,
  verdicts: ["hello-malformed", "link-closed"],
  most: 4_096,
  seeds: () => ({
    ...heads,
    "bytes-behind": `${heads.answer}\x16\x03\x01 the first bytes`,
    endless: "x".repeat(limits.upgradeHeadBytes + 1),
    longest: `${"x".repeat(limits.upgradeHeadBytes)}\r\n\r\n`,
  }),
  open: () => ({
    execute: async (input) => {
      const step = 1 + ((input[3] ?? 0) % 97);
      const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
      for (let at = 0; at < input.length; at += step) stream.push(input.subarray(at, at + step));
      stream.push(null);
      const head = await readHead(stream as Socket, 1_000);
      const rest: Buffer[] = [];
      for (let part = stream.read() as Buffer | null; part !== null; part = stream.read() as Buffer | null)
        rest.push(part);
      hold(head.length <= limits.upgradeHeadBytes, "the head is longer than allowed");
      hold(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), ...rest]).equals(input), "bytes were lost");
      return accepted;
    },
  }),
};
