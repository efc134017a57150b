import { readFileSync } from "node:fs";
import { connect } from "node:tls";

export interface AskOrder {
  readonly address: string;
  readonly port: number;
  /** Name in the ClientHello. */
  readonly servername: string;
  /** PEM file of the authority that must have signed the host's certificate. */
  readonly ca: string;
  /** The request as it goes out, with its heads: whatever somebody may type, also what no library would send. */
  readonly request: string;
}

/** Status 0: the connection ended without an answer. */
export interface Answered {
  readonly status: number;
  /** The `code` of a problem, where the answer is one. */
  readonly code: string | null;
  readonly body: string;
}

const waitMs = 10_000;

/** One after the other. */
export async function askAll(orders: readonly AskOrder[]): Promise<Answered[]> {
  const all: Answered[] = [];
  for (const order of orders) all.push(await ask(order));
  return all;
}

/** Sends one request over https and reads until the other side closes. */
export function ask({ address, port, servername, ca, request }: AskOrder): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect({ host: address, port, servername, ca: readFileSync(ca) });
    const timer = setTimeout(() => settle(), waitMs);
    const settle = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answerOf(text));
    };
    socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
    socket.once("secureConnect", () => socket.write(request, "latin1"));
    socket.once("end", settle);
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET") return settle();
      clearTimeout(timer);
      reject(error);
    });
  });
}

function answerOf(text: string): Answered {
  const [head = "", body = ""] = text.split("\r\n\r\n", 2);
  const code = /"code":\s*"([a-z-]+)"/.exec(body)?.[1] ?? null;
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), code, body };
}
