import { type AddressInfo, createServer, type Socket } from "node:net";
import type { SampleAddress, SampleDevice } from "./device.ts";

/**
 * The infusion pumps' gateway: lines of ASCII, each ended by CRLF (a bare LF is taken too).
 *
 * | line | answer |
 * |---|---|
 * | `HELO [name]` | `250 …` |
 * | `LIST` | `211-<n> <ward> <drug>` for each pump, then `211 end` |
 * | `STATUS <n>` | `212 <n> <state> <rate> mL/h <volume> mL`, or `404 …` |
 * | `ECHO <text>` | `213 <text>` |
 * | `QUIT` | `221 …`, and the connection ends |
 * | anything else | `500 …` |
 */
const pumps = [
  { ward: "3-East", drug: "saline", state: "running", rate: 80, volume: 412 },
  { ward: "3-East", drug: "heparin", state: "running", rate: 12, volume: 38 },
  { ward: "ICU-1", drug: "noradrenaline", state: "alarm-occlusion", rate: 0, volume: 21 },
  { ward: "ICU-2", drug: "propofol", state: "standby", rate: 0, volume: 50 },
] as const;

/** A longer line ends the connection. */
const lineBytes = 65_536;

export function startInfusionPump({ host, port }: SampleAddress): Promise<SampleDevice> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket)).on("error", () => {});
    socket.setEncoding("utf8");
    socket.write("220 infusion-pump-gateway ready\r\n");
    let held = "";
    socket.on("data", (text: string) => {
      const lines = (held + text).split("\n");
      held = lines.pop() ?? "";
      if (held.length > lineBytes) return void socket.end("500 line too long\r\n");
      for (const line of lines) {
        const { answer, over } = answerTo(line.replace(/\r$/, ""));
        if (over) return void socket.end(answer);
        socket.write(answer);
      }
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            for (const socket of open) socket.destroy();
            server.close(() => closed());
          }),
      });
    });
  });
}

function answerTo(line: string): { answer: string; over?: true } {
  const [, verb = "", rest = ""] = /^(\S*) ?(.*)$/s.exec(line) ?? [];
  switch (verb.toUpperCase()) {
    case "HELO":
      return { answer: `250 hello ${rest || "you"}, ${pumps.length} pumps\r\n` };
    case "LIST":
      return {
        answer: `${pumps.map((pump, at) => `211-${at + 1} ${pump.ward} ${pump.drug}`).join("\r\n")}\r\n211 end\r\n`,
      };
    case "STATUS": {
      const pump = pumps[Number(rest) - 1];
      if (!pump) return { answer: `404 no pump ${rest}\r\n` };
      return { answer: `212 ${Number(rest)} ${pump.state} ${pump.rate} mL/h ${pump.volume} mL\r\n` };
    }
    case "ECHO":
      return { answer: `213 ${rest}\r\n` };
    case "QUIT":
      return { answer: "221 bye\r\n", over: true };
    default:
      return { answer: "500 say HELO, LIST, STATUS n, ECHO text or QUIT\r\n" };
  }
}
