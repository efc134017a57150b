import { connect } from "node:net";
import type { SampleDevice } from "../../../sample/device.ts";
import { startInfusionPump } from "../../../sample/infusion-pump.ts";
import { startNurseCall } from "../../../sample/nurse-call.ts";
import { lines } from "../shape/parts.ts";
import { mix } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, type Target } from "../target.ts";

/** After so many turns of a millisecond without a byte an exchange is over. Turns and not time: both ends share a thread. */
const silentTurns = 4;
/** An exchange over real sockets mostly waits. */
const lanes = 16;

/** What a device answers to these bytes, until it closes or falls silent. */
async function say(port: number, input: Buffer): Promise<Buffer> {
  const socket = connect({ port, host: "127.0.0.1" });
  const chunks: Buffer[] = [];
  let over = false;
  let silent = 0;
  socket.on("error", () => {}).on("close", () => (over = true));
  socket.on("data", (chunk: Buffer) => {
    silent = 0;
    chunks.push(chunk);
  });
  socket.write(input);
  for (let turns = 0; !over && silent < silentTurns && turns < silentTurns * 20; turns++, silent++)
    await new Promise((resolve) => void setTimeout(resolve, 1));
  socket.resetAndDestroy();
  return Buffer.concat(chunks);
}

function target(
  o: Pick<Target, "name" | "parsers" | "holds" | "shape" | "words" | "seeds">,
  begin: () => Promise<SampleDevice>,
): Target {
  return {
    ...o,
    verdicts: ["not answered"],
    lanes,
    replayed: 50,
    most: 20_000,
    open: async () => {
      const device = await begin();
      return {
        execute: async (input) => ((await say(device.port, input)).length > 0 ? accepted : "not answered"),
        close: () => device.close(),
      };
    },
  };
}

const address = { host: "127.0.0.1", port: 0 };
const get = (path: string, ...fields: string[]) => [`GET ${path} HTTP/1.1`, "Host: x", ...fields, "", ""].join("\r\n");

export const nurseCall = target(
  {
    name: "sample-nurse-call",
    parsers: ["sample/nurse-call.ts"],
    holds: "the device goes on",
    shape: mix([4, lines("\r\n")], [1, text]),
    words: ["GET // HTTP/1.1", "POST /api/answer?id=1 HTTP/1.1", "/api/answer?id=%", "Content-Length: 4"],
    seeds: () => ({
      page: get("/"),
      calls: get("/api/calls"),
      "two-slashes": get("//"),
      answer: get("/api/answer?id=1").replace("GET", "POST"),
      events: get(
        "/events",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
      ),
    }),
  },
  () => startNurseCall(address),
);

export const infusionPump = target(
  {
    name: "sample-infusion-pump",
    parsers: ["sample/infusion-pump.ts"],
    holds: "the device goes on",
    shape: mix([4, lines("\r\n")], [1, text]),
    words: ["STATUS 1", "STATUS -1", "STATUS 1e9", "ECHO ", "QUIT", "LIST"],
    seeds: () => ({
      talk: "HELO tool\r\nLIST\r\nSTATUS 2\r\nECHO ログ\r\nQUIT\r\n",
      "bare-line-feed": "LIST\nSTATUS 9\n",
    }),
  },
  () => startInfusionPump(address),
);
