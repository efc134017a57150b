import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { Control } from "../../../gateway/control.ts";
import { RouteTable } from "../../../gateway/route-table.ts";
import { Sessions } from "../../../gateway/sessions.ts";
import { ControlFrameDecoder, encodeControlFrame } from "../../../link/control-frame.ts";
import type { PinnedSocket } from "../../../link/pinned-tls.ts";
import { GenkanError, isErrorCode } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { authority, id, jsonBytes, jwsOver, lease, programKey, token } from "../fixture.ts";
import { bytes } from "../shape/bytes.ts";
import { json } from "../shape/json.ts";
import { frames } from "../shape/parts.ts";
import { mix } from "../shape/shape.ts";
import { accepted, hold, type Target } from "../target.ts";
import { messages } from "./control.ts";

const own = programKey("gateway");
const orders = messages["gateway-order"];
const signed = jwsOver(
  jsonBytes({ alg: "EdDSA", typ: "genkan/lease/v1", kid: authority.pin }),
  jsonBytes({ ...lease, audience: own.pin, sessions: [id("session")] }),
  authority.privateKey,
);

const stream = (...list: [type: string, body: object][]) =>
  Buffer.concat(list.map(([type, body], at) => encodeControlFrame({ id: at + 1, type, body })));
const open = orders["route.open"];

/** What a gateway does with the orders of whoever holds the authority's key: its table of routes and sessions is real. */
export const gatewayControl: Target = {
  name: "gateway-control",
  replayed: 1_000,
  parsers: ["gateway/control.ts", "gateway/sessions.ts", "gateway/route-table.ts"],
  holds:
    "nothing is routed before hello or beyond the limits; every answer is a reply or a code; the other authority's names stay",
  shape: mix(
    [
      5,
      frames(
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
      ),
    ],
    [1, bytes],
  ),
  words: ["gateway.genkan.internal", "agents.genkan.internal", "authority", signed],
  verdicts: ["frame-malformed", "frame-too-large", "link-closed"],
  most: 16_384,
  seeds: () => ({
    orders: stream(
      ["hello", {}],
      ["route.open", open],
      ["leg.expect", orders["leg.expect"]],
      ["lease", { lease: signed }],
      ["session.freeze", orders["session.freeze"]],
      ["session.cut", orders["session.cut"]],
    ),
    "before-hello": stream(["route.open", open]),
    "authority-route": stream(
      ["hello", {}],
      [
        "route.open",
        { host: "agents.genkan.internal", kind: "authority", session: null, leaseMs: null, tokenHashes: [token("a")] },
      ],
      [
        "route.open",
        { host: "agents.genkan.internal", kind: "authority", session: null, leaseMs: null, tokenHashes: [] },
      ],
    ),
    "own-name": stream(["hello", {}], ["route.open", { ...open, host: "gateway.genkan.internal" }]),
    twice: stream(["hello", {}], ["route.open", open], ["route.open", open]),
  }),
  open: () => ({ execute: feed }),
};

async function feed(input: Buffer): Promise<string> {
  const routes = new RouteTable();
  const sessions = new Sessions({ routes, now: () => 0, log: silentProgramLog, onEnded: () => {} });
  const control = new Control({ routes, sessions, pin: own.pin, log: silentProgramLog });
  const said: Buffer[] = [];
  const tls = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => {
      said.push(chunk);
      done();
    },
  });
  const raw = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }) as unknown as Socket;
  raw.resetAndDestroy = () => raw.destroy();
  const over = new Promise<void>((resolve) => void raw.once("close", resolve));
  const socket = { tls, raw, peerKey: authority.pin, peerPublicKey: authority.publicKey };
  control.accept(socket as unknown as PinnedSocket);
  for (let at = 0; at < input.length; at += 1_000) tls.push(input.subarray(at, at + 1_000));
  // Orders are answered in turns of their own; a lease is verified in another thread.
  for (let turn = 0; turn < 6; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
  const answers = answersIn(Buffer.concat(said));
  hold(saysHello(input) || sessions.ids.length === 0, "a session before hello");
  hold(sessions.ids.length <= limits.routes, "more routes than the limit");
  hold(routes.find("gateway.genkan.internal") === undefined, "its own name was given away");
  const broken = raw.destroyed;
  sessions.cutAll("gateway-lost");
  tls.destroy();
  raw.destroy();
  await control.close();
  await over;
  return answers > 0 && !broken ? accepted : broken ? "frame-malformed" : "link-closed";
}

/** How many replies and refusals; each refusal has a code of the table. */
function answersIn(bytesSaid: Buffer): number {
  let answers = 0;
  for (const body of new ControlFrameDecoder().push(bytesSaid)) {
    if (body.kind === "refusal") hold(isErrorCode(body.code) && body.code !== "internal", `refused with ${body.code}`);
    if (body.kind === "reply" || body.kind === "refusal") answers++;
  }
  return answers;
}

/** Whether a whole hello stands in it, before anything that ends the link. */
function saysHello(input: Buffer): boolean {
  try {
    for (const body of new ControlFrameDecoder().push(input))
      if (body.kind === "message" && body.type === "hello") return true;
  } catch (error) {
    if (!(error instanceof GenkanError)) throw error;
  }
  return false;
}
