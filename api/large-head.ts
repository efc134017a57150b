import type { Duplex } from "node:stream";

/** In both languages, for what was asked for in which is not known: the head was not read. */
const page = `<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Genkan</title>
<h1>Cookie が大きすぎて読めませんでした</h1>
<p>このサイトの Cookie を消しました。<a href="/">ホームを開いて</a>、もう一度サインインしてください。</p>
<div lang="en"><h1>The cookies were too large to be read</h1>
<p>This site's cookies have been removed. <a href="/">Open the first page</a> and sign in again.</p></div></html>`;

/**
 * Answers a request whose head was too large to be read. Cookies are what grows there unseen, and a browser would send them
 * again with every request: so it is told to drop them (Clear-Site-Data, W3C) and the person reads why, instead of a face that
 * can't be reached until somebody clears the browser by hand (431: RFC 6585, section 5).
 */
export function answerLargeHead(socket: Duplex): void {
  const lines = [
    "HTTP/1.1 431 Request Header Fields Too Large",
    "content-type: text/html; charset=utf-8",
    `content-length: ${Buffer.byteLength(page)}`,
    "content-security-policy: default-src 'none'",
    "x-content-type-options: nosniff",
    "cache-control: no-store",
    'clear-site-data: "cookies"',
    "connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${page}`);
}
