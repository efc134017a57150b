import type { Id } from "../../protocol/make-id.ts";
import type { Check } from "../check.ts";
import type { DeviceFacts } from "../facts.ts";

/** Nobody has disabled the device, its site, or the service of it that a session uses. */
export const deviceActive: Check<{ device: DeviceFacts; service?: Id<"service"> }> = {
  reason: "device-active",
  holds: ({ device, service }) => device.active && (service === undefined || device.services.includes(service)),
};
