import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { readEnterForm } from "../../../agent/enter-form.ts";
import { answerFields } from "../../../channels/http-answer-fields.ts";
import { cookieName, ownCookie } from "../../../channels/http-cookie.ts";
import { requestFields } from "../../../channels/http-request-fields.ts";
import { limits } from "../../../protocol/limits.ts";
import { id, jsonBytes, jwsOver, proof, token, workstation, workstationJwk } from "../fixture.ts";
import { lines } from "../shape/parts.ts";
import { mix, under } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

export const ends = {
  access: "nurse-call-7f3k.access.localhost:7443",
  accessScheme: "http",
  device: "10.20.0.7:8080",
  scheme: "http",
} as const;

/** What a request or an answer carries between browser and device. Words for whole messages too. */
export const headerWords = [
  "Connection: X-Secret, close",
  "Connection: upgrade",
  "Transfer-Encoding: chunked",
  "X-Forwarded-For: 1.2.3.4",
  "X_Forwarded_For: 1.2.3.4",
  "X-Remote-User: admin",
  "Forwarded: for=1.2.3.4",
  "Via: 1.1 x",
  `Cookie: a=b; ${cookieName}=x; c=d`,
  `Cookie: ${cookieName.toUpperCase()}=x`,
  `cookie: ${cookieName} = x`,
  `Set-Cookie: ${cookieName}=x; Secure; Path=/`,
  "Set-Cookie: a=b; Domain=localhost; Path=/",
  "Set-Cookie: a=b; domain = localhost",
  "Set-Cookie: =x",
  `Location: http://${ends.device}/a`,
  `Location: //${ends.device}//evil.example/`,
  `Location: http://${ends.device}/\\evil.example`,
  `Location: http://${ends.device}/\t/evil.example`,
  "Location: http://10.20.0.7:8080?x",
  `Referer: http://${ends.access}/page?x=1`,
  `Origin: http://${ends.access}`,
  "Origin: null",
  "Clear-Site-Data: *",
  'Alt-Svc: h2=":443"',
  "Strict-Transport-Security: max-age=1",
];

/** As node's parser gives them: what no header can be is refused before. */
function rawHeadersOf(input: Buffer): string[] {
  return input
    .toString("latin1")
    .split("\n")
    .flatMap((line) => {
      const [, name = "", value = ""] =
        /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(line) ?? [];
      return name === "" ? [] : [name, value];
    });
}

const hopByHop = ["connection", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"];
const fold = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, "-");

function pairsOf(headers: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: headers.length / 2 }, (_, at) => [
    headers[2 * at] as string,
    headers[2 * at + 1] as string,
  ]);
}

/** What must hold of headers that reach a device. */
export function holdForDevice(headers: readonly string[], host: string): void {
  const pairs = pairsOf(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  hold(pairs.filter(([name]) => name === "host").length === 1, "not one host");
  for (const [name, value] of pairs) {
    if (name === "host") hold(value === host, "another host");
    const folded = fold(name);
    hold(
      !/^(x-forwarded-|x-remote-|x-genkan-|forwarded$|remote-user$|via$|x-real-ip$)/.test(folded),
      `${name} reached the device`,
    );
    if (name !== "cookie") continue;
    const names = value.split(";").map((part) => (part.split("=", 1)[0] ?? "").trim().toLowerCase());
    hold(!names.includes(cookieName.toLowerCase()), "the agent's cookie reached the device");
  }
}

/** What must hold of headers that reach a browser. */
export function holdForBrowser(headers: readonly string[]): void {
  for (const [name, value] of pairsOf(headers)) {
    const lower = name.toLowerCase();
    hold(
      !["clear-site-data", "alt-svc", "strict-transport-security", "nel", "report-to"].includes(lower),
      `${name} reached the browser`,
    );
    if (lower !== "set-cookie") continue;
    const [pair = "", ...attributes] = value.split(";");
    const cookie = (pair.split("=", 1)[0] ?? "").trim().toLowerCase();
    hold(pair.includes("=") && cookie !== "" && cookie !== cookieName.toLowerCase(), "a cookie in the agent's place");
    hold(
      attributes.every((one) => (one.split("=", 1)[0] ?? "").trim().toLowerCase() !== "domain"),
      "a cookie for other hosts",
    );
  }
}

/** First line: `request` or `answer`. */
export const httpHeaders: Target = {
  name: "http-headers",
  parsers: [
    "channels/http-request-fields.ts",
    "channels/http-answer-fields.ts",
    "channels/http-url.ts",
    "channels/http-claim.ts",
    "channels/http-cookie.ts",
  ],
  holds:
    "a device sees one host, no hop-by-hop or identity header and not the agent's cookie; a browser no cookie for another host or in the agent's place; a location that was rewritten stays on the access host",
  shape: under(1, mix([3, lines("\n")], [1, text])),
  words: headerWords,
  verdicts: [],
  most: 16_384,
  seeds: () => ({
    request: [
      "request",
      "Host: x",
      "Cookie: a=b",
      "Accept: */*",
      `Referer: http://${ends.access}/x`,
      ...headerWords,
    ].join("\n"),
    answer: ["answer", "Content-Type: text/html", "Set-Cookie: a=b; Path=/", ...headerWords].join("\n"),
    "few-in-request": `request\nHost: ${ends.access}\nCookie: ${cookieName}=${token("cookie")}`,
    "few-in-answer": "answer\nContent-Length: 3\nLocation: /next",
  }),
  open: () => ({
    execute: (input) => {
      const raw = rawHeadersOf(input.subarray(Math.max(0, input.indexOf(10))));
      if (input.subarray(0, 7).toString() === "request") {
        const out = requestFields(raw, ends, { connection: "close", length: undefined });
        holdForDevice(out, ends.device);
        for (const [name] of pairsOf(out.slice(4)))
          hold(!hopByHop.includes(name.toLowerCase()), `${name} reached the device`);
        hold(out.length <= raw.length + 4, "more headers than came");
        const own = ownCookie(raw);
        hold(
          own === undefined || raw.some((value) => value.includes(`${cookieName}=${own}`)),
          "a cookie that nobody sent",
        );
        return accepted;
      }
      const head = { version: "1.1", status: 200, phrase: "OK", fields: raw, odd: new Set<never>() } as const;
      const out = answerFields(head, { kind: "until-close" }, ends);
      holdForBrowser(out);
      const given = new Set(raw);
      for (const [name, value] of pairsOf(out)) {
        hold(!hopByHop.includes(name.toLowerCase()), `${name} reached the browser`);
        hold(name.toLowerCase() !== "content-length", "a length of the device's own words");
        if (name.toLowerCase() !== "location" || given.has(value)) continue;
        const url = URL.parse(value, `http://${ends.access}/`);
        hold(url?.host === ends.access, `${JSON.stringify(value)} leads to ${url?.host}`);
      }
      return accepted;
    },
  }),
};

const jws = jwsOver(
  jsonBytes({ alg: "EdDSA", typ: "genkan/proof/v1", jwk: workstationJwk }),
  jsonBytes(proof),
  workstation,
);

/** First line: the content type. */
export const enterForm: Target = {
  name: "enter-form",
  parsers: ["agent/enter-form.ts"],
  holds: "both fields are there, once, and nothing else",
  shape: under(1, text),
  words: ["session=", "proof=", "&", "%", "%00", "+", "&session=x", "=", ";"],
  verdicts: ["media-type-refused", "body-too-large", "bad-request"],
  most: limits.enterFormBytes + 64,
  seeds: () => ({
    page: `application/x-www-form-urlencoded\nsession=${id("session")}&proof=${jws}`,
    charset: `Application/X-WWW-Form-Urlencoded; charset=utf-8\nproof=${jws}&session=${id("session")}`,
    json: `application/json\n${JSON.stringify({ session: id("session"), proof: jws })}`,
    "field-twice": `application/x-www-form-urlencoded\nsession=a&session=b&proof=${jws}`,
    "too-large": `application/x-www-form-urlencoded\nproof=${"A".repeat(limits.enterFormBytes)}`,
  }),
  open: () => ({
    execute: async (input) => {
      const end = Math.max(0, input.indexOf(10));
      const body = input.subarray(end + 1);
      const req = Readable.from(inParts(body), { objectMode: false }) as unknown as IncomingMessage;
      req.headers = { "content-type": input.toString("latin1", 0, end) };
      try {
        const form = await readEnterForm(req);
        const fields = new URLSearchParams(body.toString("utf8"));
        hold(fields.get("session") === form.session && fields.get("proof") === form.proof, "other fields");
        hold([...fields].length === 2 && form.session !== "" && form.proof !== "", "more or fewer fields");
        return accepted;
      } finally {
        req.destroy();
      }
    },
  }),
};

function* inParts(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += 4_096) yield body.subarray(at, at + 4_096);
}
