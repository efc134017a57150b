import type { Id } from "../../protocol/make-id.ts";
import type { Check } from "../check.ts";
import type { DeviceFacts } from "../facts.ts";

/** Nothing wider than named services of one device can be asked for (D19). */
export const servicesOfDevice: Check<{ device: DeviceFacts; services: readonly Id<"service">[] }> = {
  reason: "services-of-device",
  holds: ({ device, services }) =>
    services.length > 0 &&
    new Set(services).size === services.length &&
    services.every((service) => device.services.includes(service)),
};
