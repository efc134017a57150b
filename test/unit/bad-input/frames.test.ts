import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import { ControlFrameDecoder, encodeControlFrame } from "../../../link/control-frame.ts";
import { type Catalog, ControlLink, type Handlers } from "../../../link/control-link.ts";
import { agentMessages, agentOrders } from "../../../protocol/agent-control.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { type FrameName, frameTypes } from "../../../protocol/frame.ts";
import { gatewayMessages, gatewayOrders } from "../../../protocol/gateway-control.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { messages } from "../../fuzz/targets/control.ts";
import { frame, fromClient } from "../../fuzz/targets/mux.ts";
import { collect, duplexPair, end, readyPair } from "../link/multiplexer-pair.ts";
import { tcpPair } from "../link/sockets.ts";

const catalogs = {
  "agent-message": agentMessages,
  "agent-order": agentOrders,
  "gateway-order": gatewayOrders,
  "gateway-message": gatewayMessages,
} as const satisfies Record<keyof typeof messages, Catalog>;
type Side = keyof typeof catalogs;

const all = (Object.keys(catalogs) as Side[]).flatMap((side) =>
  Object.entries(messages[side]).map(([type, body]): [Side, string, object] => [side, type, body]),
);

/** The receiving end of a link over a real connection, what it has handled, and how it ended. */
async function receiving(side: Side) {
  const { client, server } = await tcpPair();
  const handled: string[] = [];
  const receive: Catalog = catalogs[side];
  const handlers = Object.fromEntries(
    Object.keys(receive).map((type) => [
      type,
      (body: unknown) => {
        handled.push(`${type} ${JSON.stringify(body)}`);
        throw new GenkanError("state-conflict");
      },
    ]),
  ) as Handlers<Catalog>;
  const link = new ControlLink<Catalog, Catalog>({
    stream: server,
    raw: server,
    send: {},
    receive,
    handlers,
    log: silentProgramLog,
  });
  return { peer: client, link, handled };
}

/** The refusal that answers the message `id`: this link is alive and handles. */
async function answered(peer: Socket, id: number, type: string, body: object): Promise<string> {
  const decoder = new ControlFrameDecoder();
  peer.write(encodeControlFrame({ id, type, body }));
  for await (const chunk of peer.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)
    for (const reply of decoder.push(chunk)) if (reply.kind === "refusal" && reply.re === id) return reply.code;
  return "gone";
}

const longest = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;
const framed = (text: string) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([head, Buffer.from(text)]);
};

describe.each(all)("a control message (%s %s)", (side, type, body) => {
  const honest = encodeControlFrame({ id: 1, type, body });

  test("cut short at any byte is handed to nobody, and is an error once the stream ends", () => {
    for (let length = 1; length < honest.length; length++) {
      const decoder = new ControlFrameDecoder();
      expect([...decoder.push(honest.subarray(0, length))]).toEqual([]);
      expect(() => decoder.end()).toThrow(expect.objectContaining({ code: "frame-malformed" }));
    }
  });

  /** What, its bytes, the code, and how many messages came whole before it. */
  const wrong: [string, Buffer, string, number][] = [
    ["twice under one number", Buffer.concat([honest, honest]), "frame-malformed", 1],
    [
      "after one with a higher number",
      Buffer.concat([encodeControlFrame({ id: 2, type, body }), honest]),
      "frame-malformed",
      1,
    ],
    [
      "with a member that its schema lacks",
      encodeControlFrame({ id: 1, type, body: { ...body, more: 1 } }),
      "frame-malformed",
      0,
    ],
    ["with a body that is no object", encodeControlFrame({ id: 1, type, body: [body] }), "frame-malformed", 0],
    ["that is not JSON", framed(honest.toString("utf8", 4).slice(1)), "frame-malformed", 0],
    ["that nests without end", framed(`{"id":1,"type":"${type}","body":${"[".repeat(100_000)}`), "frame-malformed", 0],
    ["one byte beyond the limit", framed(longest(limits.controlBytes + 1)), "frame-too-large", 0],
  ];

  test.each(wrong)("%s ends its link by a code, and no other", async (_what, bytes, code, before) => {
    const bad = await receiving(side);
    const good = await receiving(side);
    bad.peer.resume();
    bad.peer.write(bytes);
    expect((await bad.link.closed).code).toBe(code);
    expect(bad.handled).toHaveLength(before);
    expect(await answered(good.peer, 1, type, body)).toBe("state-conflict");
    expect(good.handled).toHaveLength(1);
    good.link.close();
  });

  test("without one of its members is malformed", async () => {
    for (const name of Object.keys(body)) {
      const { [name]: _, ...rest } = body as Record<string, unknown>;
      const { peer, link, handled } = await receiving(side);
      peer.resume();
      peer.write(encodeControlFrame({ id: 1, type, body: rest }));
      expect([name, (await link.closed).code, handled]).toEqual([name, "frame-malformed", []]);
    }
  });
});

/** Payloads at the limit of each frame, by `link/mux-reader.ts`. */
const most: Record<FrameName, number> = {
  PROOF: limits.proofBytes,
  READY: limits.readyBytes,
  REFUSED: limits.codeBytes,
  OPEN: 0,
  OPENED: 0,
  DATA: limits.frameBytes,
  CREDIT: 4,
  END: 0,
  RESET: limits.codeBytes,
  PING: 8,
  PONG: 8,
  CLOSE: limits.codeBytes,
};
const onLink = new Set<FrameName>(["PROOF", "READY", "REFUSED", "PING", "PONG", "CLOSE"]);

/** An agent's end that has been proven to, and what its streams got. */
async function agentEnd() {
  const [near, far] = duplexPair();
  const got: Promise<Buffer>[] = [];
  const agent = end(far, "agent", {
    onStream: (stream) => {
      stream.accept();
      got.push(collect(stream).catch(() => Buffer.from("broken")));
    },
  });
  near.on("error", () => {}).resume();
  near.write(frame("PROOF", 0, "proof"));
  await agent.mux.proof();
  agent.mux.ready({ windowEnd: "2026-03-01T10:00:00.000Z" });
  return { near, agent, got };
}

/** A link beside the bad one, and that it still carries bytes. */
async function neighbour(): Promise<() => Promise<string>> {
  const { client } = await readyPair((stream) => {
    stream.accept();
    stream.pipe(stream);
  });
  return async () => {
    const stream: Duplex = client.mux.open();
    stream.end("still here");
    return (await collect(stream)).toString();
  };
}

describe("a frame of a session's link", () => {
  test.each(Object.keys(frameTypes) as FrameName[])(
    "%s, one byte too long, ends its link by a code, and no other",
    async (name) => {
      const echo = await neighbour();
      const { near, agent } = await agentEnd();
      near.write(frame(name, onLink.has(name) ? 0 : 1, Buffer.alloc(most[name] + 1, 0x61)));
      const { error } = await agent.ended;
      expect(error?.code).toBe(name === "DATA" ? "frame-too-large" : "frame-malformed");
      expect(await echo()).toBe("still here");
    },
  );

  const twice: [string, Buffer[]][] = [
    ["PROOF again", [frame("PROOF", 0, "proof")]],
    ["OPEN of the same stream again", [frame("OPEN", 1), frame("OPEN", 1)]],
    ["END again", [frame("OPEN", 1), frame("END", 1), frame("END", 1)]],
    ["DATA after END", [frame("OPEN", 1), frame("END", 1), frame("DATA", 1, "x")]],
    ["DATA before OPEN", [frame("DATA", 1, "x"), frame("OPEN", 1)]],
    ["a lower stream after a higher", [frame("OPEN", 3), frame("OPEN", 1)]],
    ["CREDIT before OPEN", [frame("CREDIT", 1, Buffer.alloc(4, 1))]],
    ["a type that nobody knows", [Buffer.from("0d00000000000000", "hex")]],
    ["CREDIT of nothing", [frame("OPEN", 1), frame("CREDIT", 1, Buffer.alloc(4))]],
    ["CREDIT without bound", [frame("OPEN", 1), frame("CREDIT", 1, Buffer.alloc(4, 0xff))]],
  ];

  test.each(twice)("%s ends its link as malformed, and no other", async (_what, frames) => {
    const echo = await neighbour();
    const { near, agent } = await agentEnd();
    near.write(Buffer.concat(frames));
    expect((await agent.ended).error?.code).toBe("frame-malformed");
    expect(await echo()).toBe("still here");
  });

  test("cut short at any byte loses nothing that came whole before it", async () => {
    const whole = Buffer.concat([frame("OPEN", 1), frame("DATA", 1, "first"), frame("END", 1)]);
    const next = Buffer.concat([frame("OPEN", 3), frame("DATA", 3, "second")]);
    for (let length = 0; length <= next.length; length++) {
      const { near, agent, got } = await agentEnd();
      near.write(Buffer.concat([whole, next.subarray(0, length)]));
      // The stream has ended before the connection goes.
      while (got.length === 0) await new Promise((resolve) => void setImmediate(resolve));
      expect((await got[0])?.toString()).toBe("first");
      near.destroy();
      expect((await agent.ended).error?.code).toBe("link-closed");
    }
  });

  test("cut short at any byte before the proof is whole proves nothing", async () => {
    const proofBytes = 8 + fromClient.readUIntBE(1, 3);
    for (let length = 0; length < proofBytes; length++) {
      const [near, far] = duplexPair();
      const agent = end(far, "agent");
      near.on("error", () => {});
      near.end(fromClient.subarray(0, length));
      await expect(agent.mux.proof()).rejects.toMatchObject({ code: "link-closed" });
    }
  });
});

test("a connection that ends inside of a control frame is told as malformed, one that ends between two as closed", async () => {
  for (const [bytes, code] of [
    [encodeControlFrame({ type: "ping" }).subarray(0, 7), "frame-malformed"],
    [encodeControlFrame({ type: "pong" }), "link-closed"],
  ] as const) {
    const { peer, link } = await receiving("agent-order");
    peer.resume();
    peer.end(bytes);
    expect((await link.closed).code).toBe(code);
  }
});
