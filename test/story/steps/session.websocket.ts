import type { Context } from "../context.ts";
import type { Evidence } from "../result.ts";

/** The device's page pushes by WebSocket; what is sent up comes back unchanged. */
export async function run(context: Context): Promise<Evidence> {
  const page = context.devicePage;
  if (!page) throw new Error("The device's page is not open.");
  await page.locator("#link.live").waitFor();
  const text = "玄関 ".repeat(10_000);
  const [hello, echo] = await page.evaluate<[string, string]>(
    `new Promise((resolve, reject) => {
      const socket = new WebSocket(new URL("events", location.href));
      const heard = [];
      const text = ${JSON.stringify(text)};
      socket.onopen = () => socket.send(text);
      socket.onerror = () => reject(new Error("the WebSocket failed"));
      socket.onmessage = ({ data }) => {
        if (heard.length === 0 || data === text) heard.push(data);
        if (heard.length === 2) { socket.close(); resolve(heard); }
      };
    })`,
  );
  if (echo !== text) throw new Error("The echo differs.");
  await page.close();
  return { hello: JSON.parse(hello) as object, echoedBytes: Buffer.byteLength(echo) };
}
