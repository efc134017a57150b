import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** What a port on this computer answers to a request for this host, head and all. */
export async function get(port: number, path: string, host: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return text(socket);
}
