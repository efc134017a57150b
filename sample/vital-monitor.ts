import type { AddressInfo } from "node:net";
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from "ssh2";
import type { SampleAddress, SampleDevice } from "./device.ts";
import { hostKey } from "./host-key.ts";

export interface VitalMonitorOptions extends SampleAddress {
  /** Keeps the host key. */
  readonly folder: string;
  /** Of the one account, `service`. */
  readonly password: string;
}

/** The vital monitor: ssh with a small service shell of its own. */
export function startVitalMonitor(o: VitalMonitorOptions): Promise<SampleDevice> {
  const open = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [hostKey(o.folder)], ident: "VitalMonitor_4.2" }, (client) => {
    open.add(client);
    client
      .on("close", () => open.delete(client))
      .on("error", () => {})
      .on("authentication", (attempt) => judge(attempt, o.password))
      .on("ready", () => client.on("session", (accept) => serve(accept())));
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(o.port, o.host, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            for (const client of open) client.end();
            server.close(() => closed());
          }),
      });
    });
  });
}

function judge(attempt: AuthContext, password: string): void {
  const right = attempt.username === "service" && attempt.method === "password" && attempt.password === password;
  if (right) attempt.accept();
  else attempt.reject(["password"]);
}

function serve(session: Session): void {
  session.on("pty", (accept) => accept?.());
  session.on("window-change", (accept) => accept?.());
  session.on("exec", (accept, _, info) => {
    const channel = accept();
    const { text, code } = answerTo(info.command);
    channel.write(text.replaceAll("\n", "\r\n"));
    channel.exit(code);
    channel.end();
  });
  session.on("shell", (accept) => shell(accept()));
}

const prompt = "monitor> ";

/** Longest command; more is a bell. */
const lineCharacters = 1_024;

/** Line editing is echo, backspace, Ctrl-C and Ctrl-D. */
function shell(channel: ServerChannel): void {
  const leave = () => {
    channel.exit(0);
    channel.end();
  };
  let line = "";
  channel.write(`Vital monitor 4.2, bed 3-East-07. Type "help".\r\n${prompt}`);
  channel.on("data", (chunk: Buffer) => {
    for (const character of chunk.toString("utf8")) {
      if (character === "\r" || character === "\n") {
        channel.write("\r\n");
        const command = line.trim();
        line = "";
        if (command === "exit") return leave();
        if (command !== "") channel.write(answerTo(command).text.replaceAll("\n", "\r\n"));
        channel.write(prompt);
      } else if (character === "\u0003") {
        line = "";
        channel.write(`^C\r\n${prompt}`);
      } else if (character === "\u0004") {
        if (line === "") return leave();
      } else if (character === "\u007f" || character === "\b") {
        if (line !== "") channel.write("\b \b");
        line = line.slice(0, -1);
      } else if (line.length >= lineCharacters) {
        channel.write("\u0007");
      } else {
        line += character;
        channel.write(character);
      }
    }
  });
  channel.on("end", leave);
}

function answerTo(command: string): { text: string; code: number } {
  const [verb = "", ...rest] = command.trim().split(/\s+/);
  switch (verb) {
    case "help":
      return {
        text: "help     this list\nstatus   self-test and firmware\nvitals   last readings\nlog      service log\necho     say it back\nexit     leave\n",
        code: 0,
      };
    case "status":
      return { text: "self-test  passed\nfirmware   4.2.1\nbattery    98 %\nnetwork    10.20.7.31/24\n", code: 0 };
    case "vitals":
      return { text: "HR    72 /min\nSpO2  98 %\nNIBP  118/76 mmHg\nRESP  16 /min\nTEMP  36.6 C\n", code: 0 };
    case "log":
      return { text: "03:12 lead II reattached\n05:40 NIBP cuff replaced\n07:55 shift handover\n", code: 0 };
    case "echo":
      return { text: `${rest.join(" ")}\n`, code: 0 };
    default:
      return { text: `${verb}: unknown command, type "help"\n`, code: 127 };
  }
}
