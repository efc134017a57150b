import { describe, expect, test } from "vitest";
import { AnswerReader } from "../../../channels/http-answer.ts";
import { limits } from "../../../protocol/limits.ts";

function reading(o: Partial<{ method: string; upgrade: boolean; bare: boolean }> = {}) {
  const heard: string[] = [];
  const reader = new AnswerReader(
    { method: "GET", upgrade: false, bare: false, ...o },
    { head: ({ status }) => heard.push(String(status)), body: (bytes) => heard.push(bytes.toString("latin1")) },
  );
  return { reader, heard, say: (text: string) => reader.read(Buffer.from(text, "latin1")) };
}

const ok = "HTTP/1.1 200 OK\r\n";

describe("an answer that can't be read", () => {
  test.each([
    ["two-lengths", `${ok}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`],
    ["two-lengths", `${ok}Content-Length: 5, 6\r\n\r\n`],
    ["two-targets", `${ok}Location: /a\r\nLocation: /b\r\n\r\n`],
    ["two-names", `${ok}Content-Disposition: inline\r\nContent-Disposition: attachment\r\n\r\n`],
    ["head-with-zero", `${ok}X: a\0b\r\n\r\n`],
    ["not-http", "220 pump ready\r\n"],
    ["unasked-switch", "HTTP/1.1 101 OK\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"],
  ])("is told as %s: %j", (why, text) => {
    const { say, heard } = reading();
    expect(() => say(text)).toThrow(expect.objectContaining({ why }));
    expect(heard).toEqual([]);
  });

  test("has a head without end: it is given up at the bound", () => {
    const { say } = reading();
    say(`${ok}X: ${"x".repeat(limits.deviceHeadBytes - 100)}`);
    expect(() => say("x".repeat(200))).toThrow(expect.objectContaining({ why: "head-too-large" }));
  });

  test("says in its first line what it is, in plain letters", () => {
    const { say } = reading();
    expect(() => say(`\x1b[2J<b>\xe3${"x".repeat(200)}\r\nsecond`)).toThrow(
      expect.objectContaining({ begins: `\u00b7[2J<b>\u00b7${"x".repeat(72)}` }),
    );
  });
});

test("a line between chunks that has no end is given up at the bound, and the answer is not whole", () => {
  const { say, reader } = reading();
  say(`${ok}Transfer-Encoding: chunked\r\n\r\n5;${"x".repeat(limits.chunkLineBytes - 10)}`);
  expect(reader.over).toBe(false);
  say("x".repeat(20));
  expect([reader.over, reader.whole, reader.mayFollow]).toEqual([true, false, false]);
});

describe("another request may follow", () => {
  test.each([
    [`${ok}Content-Length: 2\r\n\r\nhi`, true],
    [`${ok}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`, true],
    ["HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", true],
    ["HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", false],
    [`${ok}Connection: close\r\nContent-Length: 2\r\n\r\nhi`, false],
    [`${ok}Content-Length: 2\r\n\r\nhi!`, false],
    [`${ok}Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi`, false],
    [`HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nhi`, false],
    [`${ok}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n`, false],
    [`HTTP/1.1 100 Continue\r\n\r\n${ok}Content-Length: 2\r\n\r\nhi`, false],
  ])("behind %j: %s", (text, follows) => {
    const { say, reader } = reading();
    say(text);
    expect([reader.over, reader.whole, reader.mayFollow]).toEqual([true, true, follows]);
  });
});

test("bytes one by one are the same answer", () => {
  const { say, heard, reader } = reading();
  for (const byte of `HTTP/1.1 103 X\n\nhttp/1.1 200\nTransfer-Encoding: CHUNKED\n\n2 \nhi\n0\n\n`) say(byte);
  expect([heard.join(""), reader.whole]).toEqual(["200hi", true]);
});
