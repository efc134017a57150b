import { AnswerReader } from "../../../channels/http-answer.ts";
import { UnreadableAnswer, unreadables } from "../../../channels/http-unreadable.ts";
import { lines } from "../shape/parts.ts";
import { mix } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

/** What a reader made of an answer. */
function read(pieces: readonly Buffer[], o: { method: string; upgrade: boolean; bare: boolean }) {
  const body: Buffer[] = [];
  let heads = 0;
  let fields: readonly string[] = [];
  let status = 0;
  const reader = new AnswerReader(o, {
    head: (head) => {
      heads += 1;
      ({ fields, status } = head);
    },
    body: (bytes) => {
      hold(heads === 1, "a body before its head");
      body.push(bytes);
    },
  });
  try {
    for (const piece of pieces) if (!reader.over) reader.read(piece);
    if (!reader.over) reader.end();
  } catch (error) {
    if (!(error instanceof UnreadableAnswer)) throw error;
    hold(heads === 0, "it was passed on, and then could not be read");
    hold(/^[\x20-\x7e\xb7]{0,80}$/.test(error.begins), "what is shown is not plain");
    return { verdict: error.why, fields, status, body: Buffer.alloc(0), reader };
  }
  hold(heads === 1 && reader.over, "it has an end and no head");
  return { verdict: reader.whole ? "whole" : "cut short", fields, status, body: Buffer.concat(body), reader };
}

/** A device's answer, and the end of its connection. First byte: how it is asked, and in what pieces it comes. */
export const deviceAnswer: Target = {
  name: "device-answer",
  parsers: ["channels/http-head.ts", "channels/http-body.ts", "channels/http-chunks.ts", "channels/http-answer.ts"],
  holds:
    "however its bytes are cut into pieces, it is read as the same answer; nothing is passed on of one that can't be read; fields are clean; no connection is used again after anything odd",
  shape: mix([4, lines("\r\n")], [2, lines("\n")], [1, text]),
  words: [
    "HTTP/1.1 200 OK",
    "http/1.0 404",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: upgrade",
    "Connection: keep-alive",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: identity, chunked",
    "Content-Length: 5",
    "Content-Length: 5, 5",
    "Content-Length: -1",
    "Content-Length:",
    "5",
    "5   ",
    "0",
    "hello",
    " folded",
    "no field",
    "\x00",
    "\r",
    "\n\n",
  ],
  verdicts: [...unreadables, "cut short"],
  most: 20_000,
  seeds: () => ({
    page: " HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
    chunked:
      "!HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5;x=y\r\nworld\r\n0\r\nX-Trailer: 1\r\n\r\n",
    feeds: '"http/1.1 200\nTransfer-Encoding: chunked\n\n5  \nhello\n0\n\n',
    "until-close": "#HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello",
    interim: "$HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    switching: "(HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbytes",
    lengths: " HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    bare: "0hello",
  }),
  open: () => ({
    execute: (input) => {
      const how = input[0] ?? 0;
      const o = { method: how & 4 ? "HEAD" : "GET", upgrade: (how & 8) !== 0, bare: (how & 16) !== 0 };
      const bytes = input.subarray(1);
      const at = 1 + ((how & 3) * bytes.length) / 4;
      const one = read([bytes], o);
      const two = read([bytes.subarray(0, at), bytes.subarray(at)], o);
      hold(one.verdict === two.verdict || bothCut(one.verdict, two.verdict), `${one.verdict} or ${two.verdict}`);
      hold(one.status === two.status, "another status in other pieces");
      // Where an answer breaks, as much is passed on as was good when its bytes came.
      if (one.verdict === "whole") hold(one.body.equals(two.body), "another body in other pieces");
      for (const [place, part] of one.fields.entries()) {
        const clean = place % 2 === 0 ? /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/ : /^[\t\x20-\x7e\x80-\xff]*$/;
        hold(clean.test(part), `${JSON.stringify(part)} is no clean field`);
      }
      if (one.reader.mayFollow) hold(one.reader.odd.size === 0, "used again after something odd");
      hold(one.body.length <= bytes.length, "more body than came");
      return one.verdict === "whole" ? accepted : one.verdict;
    },
  }),
};

const bothCut = (one: string, two: string) => one === "cut short" && two === "cut short";
