import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { type ControlBody, ControlFrameDecoder, encodeControlFrame } from "../../../link/control-frame.ts";
import { type Catalog, ControlLink, type Handlers } from "../../../link/control-link.ts";
import { agentMessages, agentOrders } from "../../../protocol/agent-control.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { gatewayMessages, gatewayOrders } from "../../../protocol/gateway-control.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { version } from "../../../protocol/version.ts";
import { reported } from "../../reported.ts";
import {
  approversBytes,
  authority,
  grantBytes,
  id,
  jsonBytes,
  jwsOver,
  later,
  lease,
  now,
  signedApproval,
  signedRequest,
  ticket,
  token,
} from "../fixture.ts";
import { bytes } from "../shape/bytes.ts";
import { json } from "../shape/json.ts";
import { frames } from "../shape/parts.ts";
import { chosen, mix, type Shape } from "../shape/shape.ts";
import { accepted, hold, type Target } from "../target.ts";

const framed: Shape = frames(
  {
    headBytes: 4,
    lengthOf: (head) => Math.min(head.readUInt32BE(), 1_048_576),
    withLength: (_head, length) => {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(length);
      return head;
    },
  },
  json,
);
const shape = mix([5, framed], [1, bytes]);
const words = ['{"type":"ping"}', '{"type":"pong"}', '{"re":1,"body":{}}', '{"re":1,"error":{"code":"denied"}}'];

const hash = token("hash");
const counts = { up: 10, down: 20, connections: 1 };
const jws = (type: string, payload: object) =>
  jwsOver(jsonBytes({ alg: "EdDSA", typ: type, kid: authority.pin }), jsonBytes(payload), authority.privateKey);
const agentState = {
  clock: now.toISOString(),
  recorder: true,
  report: reported,
  trust: { version: 1, hash },
  gateways: [token("gateway")],
};
const entry = {
  kind: "http",
  at: now.toISOString(),
  method: "GET",
  path: "/api/calls?ward=3-東",
  status: 200,
  up: 0,
  down: 812,
  ms: 4,
  upgrade: null,
  odd: ["line-ends", "chunks"],
};

/** One honest message of each type, as each side sends them. */
export const messages = {
  "agent-message": {
    version: { version },
    join: { token: token("join"), name: "agent-1", sealKey: token("seal") },
    hello: { ...agentState, sessions: [id("session")] },
    status: agentState,
    "leg.request": { session: id("session"), count: 4 },
    "session.begun": { session: id("session") },
    "session.counts": { session: id("session"), counts },
    "session.entries": {
      session: id("session"),
      first: 0,
      entries: [
        entry,
        { kind: "tcp", at: entry.at, up: 1, down: 2, ms: 3 },
        { kind: "refusal", at: entry.at, code: "host-mismatch" },
      ],
    },
    "session.ended": { session: id("session"), reason: "revoked", counts, at: later(1_000) },
  },
  "agent-order": {
    "trust.propose": { statement: approversBytes.toString("base64url"), signatures: [signedApproval] },
    "nonce.request": {},
    "session.admit": {
      ticket: jws("genkan/ticket/v1", ticket),
      request: signedRequest,
      grant: grantBytes.toString("base64url"),
      approvals: [signedApproval],
      legTokens: [token("leg 1"), token("leg 2")],
    },
    lease: { lease: jws("genkan/lease/v1", lease) },
    "session.cut": { session: id("session"), reason: "window-closed" },
    "targets.listed": { targets: [{ address: "10.0.0.5", port: 22 }] },
    "target.reach": { target: { address: "fd00::5", port: 443 }, tls: ["self-signed"] },
  },
  "gateway-order": {
    hello: {},
    "route.open": {
      host: "x7.link.genkan.internal",
      kind: "session",
      session: id("session"),
      leaseMs: 15_000,
      tokenHashes: [hash],
    },
    "leg.expect": { host: "x7.link.genkan.internal", tokenHashes: [hash] },
    lease: { lease: jws("genkan/lease/v1", lease) },
    "session.cut": { session: id("session"), reason: "locked" },
    "session.freeze": { session: id("session"), frozen: true },
  },
  "gateway-message": {
    "session.ended": { session: id("session"), reason: "lease-lost" },
  },
} as const;

/** The messages of one side as a stream of frames, numbered from 1. */
export function streamOf(catalog: Readonly<Record<string, object>>): Buffer {
  return Buffer.concat(
    Object.entries(catalog).map(([type, body], at) => encodeControlFrame({ id: at + 1, type, body })),
  );
}

/** What a body is on the wire. */
function writtenOf(body: ControlBody): object {
  switch (body.kind) {
    case "message":
      return { id: body.id, type: body.type, body: body.body };
    case "reply":
      return { re: body.re, body: body.body };
    case "refusal":
      return { re: body.re, error: { code: body.code, detail: body.detail } };
    case "ping":
    case "pong":
      return { type: body.kind };
  }
}

function decoded(input: Buffer, step: number): { bodies: ControlBody[]; end: string } {
  const decoder = new ControlFrameDecoder();
  const bodies: ControlBody[] = [];
  try {
    for (let at = 0; at < input.length; at += step)
      for (const body of decoder.push(input.subarray(at, at + step))) bodies.push(body);
    decoder.end();
    return { bodies, end: accepted };
  } catch (error) {
    if (!(error instanceof GenkanError)) throw error;
    return { bodies, end: error.code };
  }
}

export const controlFrame: Target = {
  name: "control-frame",
  parsers: ["link/control-frame.ts"],
  holds: "the same bodies and the same end however it is segmented; written again they are read the same",
  shape,
  words,
  verdicts: ["frame-malformed", "frame-too-large"],
  most: 16_384,
  seeds: () => ({
    ...Object.fromEntries(Object.entries(messages).map(([side, catalog]) => [side, streamOf(catalog)])),
    replies: Buffer.concat([
      encodeControlFrame({ type: "ping" }),
      encodeControlFrame({ type: "pong" }),
      encodeControlFrame({ re: 1, body: {} }),
      encodeControlFrame({ re: 2, body: { nonce: token("nonce") } }),
      encodeControlFrame({ re: 3, error: { code: "denied", detail: "断られました。" } }),
      encodeControlFrame({ re: 4, error: { code: "internal" } }),
    ]),
  }),
  open: () => ({
    execute: (input) => {
      const whole = decoded(input, input.length + 1);
      const cut = decoded(input, 1 + ((input[9] ?? 0) % 61));
      hold(JSON.stringify(cut) === JSON.stringify(whole), "another segmentation, another reading");
      const again = decoded(Buffer.concat(whole.bodies.map((body) => encodeControlFrame(writtenOf(body)))), 65_536);
      hold(again.end === accepted, `written again it is ${again.end}`);
      hold(JSON.stringify(again.bodies) === JSON.stringify(whole.bodies), "written again it reads differently");
      return whole.end;
    },
  }),
};

/** What each side of each link receives and, to be answered, sends. */
const sides = [
  { receive: agentOrders, send: agentMessages },
  { receive: agentMessages, send: agentOrders },
  { receive: gatewayOrders, send: gatewayMessages },
  { receive: gatewayMessages, send: gatewayOrders },
] as const;

const replies: Readonly<Record<string, object>> = {
  version: { version },
  join: { agent: id("agent"), site: { id: id("site"), name: "Hospital" } },
  hello: { agent: id("agent"), name: "agent-1", clock: now.toISOString() },
  "leg.request": { tokens: [token("leg")] },
  "trust.propose": { pinned: true },
  "nonce.request": { nonce: token("nonce") },
  "targets.listed": { listed: [true] },
  "target.reach": { reach: "open" },
  "session.admit": { proofNonce: token("proof"), leftMs: 3_600_000 },
};

export const controlLink: Target = {
  name: "control-link",
  replayed: 1_000,
  parsers: ["link/control-link.ts", "protocol/agent-control.ts", "protocol/gateway-control.ts"],
  holds:
    "only messages of the schema reach a handler, numbered upwards; a breach ends this link, and nothing follows it",
  shape: chosen(shape),
  words,
  verdicts: ["frame-malformed", "frame-too-large", "link-closed"],
  most: 16_384,
  seeds: () => ({
    ...Object.fromEntries(
      (["agent-order", "agent-message", "gateway-order", "gateway-message"] as const).map((side, at) => [
        side,
        Buffer.concat([Buffer.of(at), streamOf(messages[side])]),
      ]),
    ),
    "reply-to-request": Buffer.concat([
      Buffer.of(0x80),
      encodeControlFrame({ re: 1, body: replies["hello"] as object }),
    ]),
    "refusal-of-request": Buffer.concat([
      Buffer.of(0x80),
      encodeControlFrame({ re: 1, error: { code: "join-refused", detail: "いいえ" } }),
    ]),
    pings: Buffer.concat([Buffer.of(1), encodeControlFrame({ type: "ping" }), encodeControlFrame({ type: "pong" })]),
  }),
  open: () => ({ execute: feedLink }),
};

async function feedLink(input: Buffer): Promise<string> {
  const choice = input[0] ?? 0;
  const { receive, send } = sides[choice & 3] as (typeof sides)[number];
  const asks = (choice & 0x80) !== 0;
  let handled = 0;
  let over = false;
  let written = 0;
  const stream = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.length;
      done();
    },
  });
  const handler = (type: string) => () => {
    hold(!over, "a message was handled after the link's end");
    handled++;
    if (type === "session.cut") throw new GenkanError("session-unknown", "x".repeat(600));
    return replies[type] ?? {};
  };
  const names = Object.keys(receive);
  const handlers = Object.fromEntries(names.map((type) => [type, handler(type)])) as unknown as Handlers<Catalog>;
  const raw = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }) as unknown as Socket;
  raw.resetAndDestroy = () => raw.destroy();
  const link = new ControlLink<Catalog, Catalog>({ stream, raw, send, receive, handlers, log: silentProgramLog });
  void link.closed.then(() => (over = true));
  const asked = asks ? ask(link) : undefined;
  const step = 1 + ((input[7] ?? 0) % 200) * 8;
  for (let at = 1; at < input.length; at += step) stream.push(input.subarray(at, at + step));
  stream.push(null);
  const { code } = await link.closed;
  stream.destroy();
  raw.destroy();
  await asked;
  hold(handled <= limits.controlPending, "more is handled than may be pending");
  hold(
    written <= (handled + 16_384 / 15) * (limits.reasonCharacters + 256),
    "the answers are larger than what they answer",
  );
  return code === "link-closed" && handled > 0 ? accepted : code;
}

/** A request of ours, to which the input may hold the reply. */
async function ask(link: ControlLink<Catalog, Catalog>): Promise<void> {
  const hello = { ...agentState, sessions: [] };
  await link.request("hello", hello as never).catch((error: unknown) => {
    if (!(error instanceof GenkanError)) throw error;
  });
}
