import { isIP, type Socket } from "node:net";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

/**
 * First line of a leg of the authority's own names, before the client's bytes: `from <IP address>\n`, in ASCII. The gateway
 * is not trusted with more than that: whoever owns it can lie here, and then spend the budgets of an address, which is to
 * refuse service, as it can anyway.
 */
const line = /^from ([0-9a-fA-F.:]{2,45})\n/;
const longest = "from \n".length + 45;

/** `address` as the system writes it; one that is unknown, because the client is gone already, is written as `::`. */
export function formatClientAddress(address: string | undefined): Buffer {
  const plain = (address ?? "").replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");
  return Buffer.from(`from ${isIP(plain) === 0 ? "::" : plain}\n`, "ascii");
}

/** Takes the line off `stream`; the bytes behind it stay there. Throws `hello-malformed`, `link-closed`. */
export function readClientAddress(stream: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const settle = (result: string | GenkanError) => {
      clearTimeout(timer);
      stream.removeListener("readable", read).removeListener("end", ended).removeListener("close", ended);
      if (typeof result === "string") resolve(result);
      else reject(result);
    };
    const read = () => {
      for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null) {
        held = Buffer.concat([held, chunk]);
        const address = line.exec(held.toString("latin1", 0, longest))?.[1];
        if (address !== undefined && isIP(address) !== 0) {
          const rest = held.subarray(`from ${address}\n`.length);
          settle(address);
          return rest.length > 0 ? stream.unshift(rest) : undefined;
        }
        if (address !== undefined || held.length >= longest) return settle(new GenkanError("hello-malformed"));
      }
    };
    const ended = () => settle(new GenkanError("link-closed"));
    const timer = setTimeout(ended, limits.peekMs);
    stream.on("readable", read).once("end", ended).once("close", ended);
    read();
  });
}
