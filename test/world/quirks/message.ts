import { html, type Quirk, type Refused, says, size } from "./quirk.ts";

const head = (...lines: string[]) => `${lines.join("\r\n")}\r\n\r\n`;
const ok = (...fields: string[]) => head("HTTP/1.1 200 OK", "Content-Type: text/html", ...fields) + html;
const length = `Content-Length: ${size}`;
const hex = size.toString(16);
const chunkedHead = head("HTTP/1.1 200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked");

/** How an answer is written. */
export const messages: readonly Quirk[] = [
  // Line ends
  says("line feeds alone", `HTTP/1.1 200 OK\nContent-Type: text/html\n\n${html}`),
  says("line feeds alone, with a length", `HTTP/1.1 200 OK\nContent-Type: text/html\n${length}\n\n${html}`),
  says("mixed line ends", `HTTP/1.1 200 OK\r\nContent-Type: text/html\n${length}\r\n\n${html}`),
  says("mixed line ends, the other way round", `HTTP/1.1 200 OK\nContent-Type: text/html\r\n\r\n${html}`),
  says(
    "a carriage return alone between fields",
    `HTTP/1.1 200 OK\r\nContent-Type: text/html\r${length}\r\n\r\n${html}`,
  ),
  says("two carriage returns", `HTTP/1.1 200 OK\r\r\nContent-Type: text/html\r\r\n${length}\r\n\r\n${html}`),

  // Lengths
  says("the length twice alike", ok(length, length)),
  says("the length twice alike in one field", ok(`Content-Length: ${size}, ${size}`)),
  says("an empty length", ok("Content-Length:")),
  says("a negative length", ok("Content-Length: -1")),
  says("a length with a sign", ok(`Content-Length: +${size}`)),
  says("a length in words", ok("Content-Length: unknown")),
  says("a length with a unit", ok(`Content-Length: ${size} bytes`)),
  says("a length beyond counting", ok("Content-Length: 99999999999999999999")),
  says("a length with zeros before it", ok(`Content-Length: 000${size}`)),
  says("a length that is too short", ok(`Content-Length: ${size - 4}`).concat("<p>more</p>")),
  says("a length that is too long", ok(`Content-Length: ${size + 100}`)),
  says(
    "a length beside chunks",
    `${head("HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 5", "Transfer-Encoding: chunked")}${hex}\r\n${html}\r\n0\r\n\r\n`,
  ),
  says(
    "two lengths beside chunks",
    `${head("HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 5", "Content-Length: 6", "Transfer-Encoding: chunked")}${hex}\r\n${html}\r\n0\r\n\r\n`,
  ),
  says("the coding identity", ok("Transfer-Encoding: identity")),
  says("the coding identity with a length", ok("Transfer-Encoding: identity", length)),
  says("a coding that nobody knows", ok("Transfer-Encoding: none", length)),
  says(
    "chunks in capitals",
    `${head("HTTP/1.1 200 OK", "Content-Type: text/html", "Transfer-Encoding: CHUNKED")}${hex}\r\n${html}\r\n0\r\n\r\n`,
  ),
  says(
    "chunks twice",
    `${head("HTTP/1.1 200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked")}${hex}\r\n${html}\r\n0\r\n\r\n`,
  ),
  says(
    "chunks behind identity",
    `${head("HTTP/1.1 200 OK", "Content-Type: text/html", "Transfer-Encoding: identity, chunked")}${hex}\r\n${html}\r\n0\r\n\r\n`,
  ),
  says(
    "chunks of a server of 1.0",
    `${head("HTTP/1.0 200 OK", "Content-Type: text/html", "Transfer-Encoding: chunked")}${hex}\r\n${html}\r\n0\r\n\r\n`,
  ),
  says("no length at all", ok()),

  // Heads
  says("a blank before the colon", ok(`Content-Length : ${size}`)),
  says("a tab before the colon", ok(`Content-Length\t: ${size}`)),
  says("a line without a colon", ok("this is no field", length)),
  says("a field without a name", ok(": no name", length)),
  says("a name with a blank", ok("X Pump: 7", length)),
  says("a folded line", ok("X-Pump: 7", "\tand 8", length)),
  says("a folded type", head("HTTP/1.1 200 OK", "Content-Type:", " text/html", length) + html),
  says("a folded first line", head("HTTP/1.1 200 OK", " folded", "Content-Type: text/html", length) + html),
  says("a control character", ok("X-Pump: a\x01b\x7f", length)),
  says("a control character in a name", ok("X-\x01Pump: 7", length)),
  says("other letters than ASCII", ok("X-Pump: ポンプ", "X-ポンプ: 7", length)),
  says("the version in small letters", ok(length).replace("HTTP/1.1", "http/1.1")),
  says("a version 1.2", ok(length).replace("HTTP/1.1", "HTTP/1.2")),
  says("a version 2.0", ok(length).replace("HTTP/1.1", "HTTP/2.0")),
  says("a version 0.9 with a head", ok(length).replace("HTTP/1.1", "HTTP/0.9")),
  says("no minor version", ok(length).replace("HTTP/1.1", "HTTP/1")),
  says("no version", ok(length).replace("HTTP/1.1", "HTTP")),
  says("no status", ok(length).replace(" 200 OK", "")),
  says("a status without a phrase", ok(length).replace(" 200 OK", " 200")),
  says("a status with blanks before it", ok(length).replace(" 200 OK", "   200   OK")),
  says("a status of two digits", ok(length).replace(" 200 OK", " 20 OK")),
  says("a status of four digits", ok(length).replace(" 200 OK", " 2000 OK")),
  says("a status in words", ok(length).replace(" 200 OK", " OK")),
  says("a phrase in another script", ok(length).replace("OK", "成功")),
  says("bytes before the status line", `\r\n${ok(length)}`),
  says("letters before the status line", `abc${ok(length)}`),
  says("a head that is cut short", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Pump: 7\r\n", ""),
  says("a type twice", ok("Content-Type: text/html", length)),
  says(
    "a place twice alike",
    head("HTTP/1.1 200 OK", "Content-Type: text/html", "Location: /a", "Location: /a", length) + html,
  ),

  // Chunks
  says("chunk sizes with blanks behind them", `${chunkedHead}${hex}    \r\n${html}\r\n0   \r\n\r\n`),
  says("chunks with line feeds alone", `${chunkedHead}${hex}\n${html}\n0\n\n`),
  says("chunk sizes with zeros before them", `${chunkedHead}0000${hex}\r\n${html}\r\n000\r\n\r\n`),
  says("chunk sizes in capitals", `${chunkedHead}${hex.toUpperCase()}\r\n${html}\r\n0\r\n\r\n`),
  says("a chunk with an extension", `${chunkedHead}${hex};pump=7\r\n${html}\r\n0;last\r\n\r\n`),
  says("a chunk with a quoted extension", `${chunkedHead}${hex} ; a="b;c"\r\n${html}\r\n0\r\n\r\n`),
  says("a trailer", `${chunkedHead}${hex}\r\n${html}\r\n0\r\nX-Sum: 7\r\nnonsense\r\n\r\n`),
  says("chunks without a last one", `${chunkedHead}${hex}\r\n${html}\r\n`),
  says("a last chunk without its end", `${chunkedHead}${hex}\r\n${html}\r\n0\r\n`),
  says("a chunk that breaks off", `${chunkedHead}ffff\r\n${html}`),
  says("nonsense behind the first chunk", `${chunkedHead}${hex}\r\n${html}\r\nnonsense\r\n`, ""),
  says("a chunk without its line end", `${chunkedHead}${hex}\r\n${html}0\r\n\r\n`, ""),
  says("bytes behind the last chunk", `${chunkedHead}${hex}\r\n${html}\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`),

  // Interim
  says("100 unasked", `HTTP/1.1 100 Continue\r\n\r\n${ok(length)}`),
  says("100 twice, with fields", `HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${ok(length)}`),
  says("102 and 103", `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok(length)}`),
  says("an interim answer that nobody knows", `HTTP/1.1 199 Wait\r\n\r\n${ok(length)}`),
  says("100 with line feeds alone", `HTTP/1.1 100 Continue\n\n${ok(length)}`),
];

const refuses = (name: string, answer: string, said: string): Refused => ({
  name,
  said,
  answer: (_, socket) => void socket.end(Buffer.from(answer)),
});

/** What Chromium does not show either, or what could be read in two ways. */
export const refusals: readonly Refused[] = [
  refuses("two lengths", ok("Content-Length: 5", "Content-Length: 6"), "Content-Length: 5 / Content-Length: 6"),
  refuses("two lengths in one field", ok("Content-Length: 5, 6"), "Content-Length: 5, 6"),
  refuses("two places", head("HTTP/1.1 302 Found", "Location: /a", "Location: /b", "Content-Length: 0"), "/a / /b"),
  refuses(
    "two file names",
    ok(`Content-Disposition: inline; filename=a`, "Content-Disposition: inline; filename=b", length),
    "filename=a",
  ),
  refuses("a zero byte", ok("X-Pump: a\0b", length), "HTTP/1.1 200 OK"),
  refuses("another protocol", "SSH-2.0-dropbear_2012.55\r\n", "SSH-2.0-dropbear_2012.55"),
  refuses("nothing", "", ""),
  refuses("a head beyond all bounds", ok(`X-Pump: ${"7".repeat(300_000)}`), "HTTP/1.1 200 OK"),
];
