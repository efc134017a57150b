import type { ServiceProtocol } from "../../protocol/service.ts";

/** Whether a service opens in the browser. Authority and agent let a browser into http alone; https is for native clients. */
export function opensInBrowser(protocol: ServiceProtocol): boolean {
  return protocol === "http";
}
