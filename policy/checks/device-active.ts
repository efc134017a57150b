import type { Check } from "../check.ts";
import type { DeviceFacts } from "../facts.ts";

/** Neither the device nor its site has been turned off by the hospital. */
export const deviceActive: Check<{ device: DeviceFacts }> = {
  reason: "device-active",
  holds: ({ device }) => device.active,
};
